import type { Metadata } from 'next'
import { en } from '@/ui/messages/en'
import { Browse } from '../screens'

export const metadata: Metadata = { title: en.shell.more }

export default function Page() {
  return <Browse />
}
