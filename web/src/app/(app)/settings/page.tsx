import type { Metadata } from 'next'
import { en } from '@/ui/messages/en'
import { Settings } from '../screens'

export const metadata: Metadata = { title: en.shell.settings }

export default function Page() {
  return <Settings />
}
