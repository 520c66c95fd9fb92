import type { Metadata } from 'next'
import { Suspense } from 'react'
import { ProjectScreen } from '@/tasks/named/named-screen'
import { en } from '@/ui/messages/en'

export const metadata: Metadata = { title: en.task.projectPage }
export const dynamicParams = false

/** One file serves every id; the true one is read from the address (useRouteId). */
export function generateStaticParams() {
  return [{ id: '_' }]
}

export default function Page() {
  return (
    <Suspense>
      <ProjectScreen />
    </Suspense>
  )
}
