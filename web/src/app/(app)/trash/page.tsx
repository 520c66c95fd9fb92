import type { Metadata } from 'next'
import { TrashScreen } from '@/tasks/trash'
import { en } from '@/ui/messages/en'

export const metadata: Metadata = { title: en.shell.trash }

export default function Page() {
  return <TrashScreen />
}
