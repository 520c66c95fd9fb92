import type { Metadata } from 'next'
import { en } from '@/ui/messages/en'
import { Projects } from '../screens'

export const metadata: Metadata = { title: en.shell.projects }

export default function Page() {
  return <Projects />
}
