import type { Metadata } from 'next'
import { en } from '@/ui/messages/en'
import { ViewScreen } from '../view-screen'

export const metadata: Metadata = { title: en.shell.upcoming }

export default function Page() {
  return <ViewScreen kind="upcoming" />
}
