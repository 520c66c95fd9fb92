import type { Metadata } from 'next'
import { en } from '@/ui/messages/en'
import { ProjectsScreen } from './screen'

export const metadata: Metadata = { title: en.shell.projects }

export default function Page() {
  return <ProjectsScreen />
}
