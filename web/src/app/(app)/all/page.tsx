import type { Metadata } from 'next'
import { en } from '@/ui/messages/en'
import { List } from '../screens'

export const metadata: Metadata = { title: en.shell.all }

export default function Page() {
  return <List kind="all" />
}
