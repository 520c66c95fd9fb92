import type { Metadata } from 'next'
import { en } from '@/ui/messages/en'
import { LabelsScreen } from './screen'

export const metadata: Metadata = { title: en.shell.labels }

export default function Page() {
  return <LabelsScreen />
}
