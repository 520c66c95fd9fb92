import type { Metadata } from 'next'
import { Suspense } from 'react'
import { LabelScreen } from '@/tasks/named/named-screen'
import { en } from '@/ui/messages/en'

export const metadata: Metadata = { title: en.task.labelPage }
export const dynamicParams = false

/** One file serves every id; the true one is read from the address (useRouteId). */
export function generateStaticParams() {
  return [{ id: '_' }]
}

export default function Page() {
  return (
    <Suspense>
      <LabelScreen />
    </Suspense>
  )
}
