import type { Metadata } from 'next'
import { en } from '@/ui/messages/en'
import { Labels } from '../screens'

export const metadata: Metadata = { title: en.shell.labels }

export default function Page() {
  return <Labels />
}
