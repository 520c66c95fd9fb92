import type { Metadata } from 'next'
import { en } from '@/ui/messages/en'
import { TrashScreen } from './screen'

export const metadata: Metadata = { title: en.shell.trash }

export default function Page() {
  return <TrashScreen />
}
