import type { Metadata } from 'next'
import { en } from '@/ui/messages/en'
import { Dashboard } from '../screens'

export const metadata: Metadata = { title: en.shell.dashboard }

export default function Page() {
  return <Dashboard />
}
