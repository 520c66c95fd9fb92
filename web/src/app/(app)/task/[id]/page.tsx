import type { Metadata } from 'next'
import { en } from '@/ui/messages/en'
import { ListBelow } from '../../screens'

export const metadata: Metadata = { title: en.panel.label }
export const dynamicParams = false

/** One file serves every id; the true one is read from the address (useRouteId). */
export function generateStaticParams() {
  return [{ id: '_' }]
}

/** The panel is in the layout; below it, what there is to go back to. */
export default function Page() {
  return <ListBelow kind="all" />
}
