import type { Metadata } from 'next'
import { en } from '@/ui/messages/en'
import { DashboardScreen } from './screen'

export const metadata: Metadata = { title: en.shell.dashboard }

export default function Page() {
  return <DashboardScreen />
}
