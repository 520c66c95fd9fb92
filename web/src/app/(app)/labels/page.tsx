import type { Metadata } from 'next'
import { LabelsScreen } from '@/tasks/named/collection'
import { en } from '@/ui/messages/en'

export const metadata: Metadata = { title: en.shell.labels }

export default function Page() {
  return <LabelsScreen />
}
