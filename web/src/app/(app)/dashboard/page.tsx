import type { Metadata } from 'next'
import { DashboardScreen } from '@/tasks/dashboard/screen'
import { en } from '@/ui/messages/en'

export const metadata: Metadata = { title: en.shell.dashboard }

export default function Page() {
  return <DashboardScreen />
}
