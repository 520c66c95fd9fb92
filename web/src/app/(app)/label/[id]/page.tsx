import type { Metadata } from 'next'
import { en } from '@/ui/messages/en'
import { Label } from '../../screens'

export const metadata: Metadata = { title: en.task.labelPage }
export const dynamicParams = false

/** One file serves every id; the true one is read from the address (useRouteId). */
export function generateStaticParams() {
  return [{ id: '_' }]
}

export default function Page() {
  return <Label />
}
