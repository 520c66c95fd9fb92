import type { Metadata } from 'next'
import { Browse } from '@/tasks/shell/shell'
import { en } from '@/ui/messages/en'

export const metadata: Metadata = { title: en.shell.more }

export default function Page() {
  return <Browse />
}
