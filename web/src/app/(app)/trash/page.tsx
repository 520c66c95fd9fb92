import type { Metadata } from 'next'
import { en } from '@/ui/messages/en'
import { Trash } from '../screens'

export const metadata: Metadata = { title: en.shell.trash }

export default function Page() {
  return <Trash />
}
