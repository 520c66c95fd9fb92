import type { Metadata } from 'next'
import { ProjectsScreen } from '@/tasks/named/collection'
import { en } from '@/ui/messages/en'

export const metadata: Metadata = { title: en.shell.projects }

export default function Page() {
  return <ProjectsScreen />
}
