'use client'

import type { ReactNode } from 'react'
import { Gate } from '@/accounts/gate'
import { ShellSkeleton } from '@/tasks/shell/skeleton'
import { soon } from '@/ui/soon'

const Inside = soon<{ children: ReactNode }>(
  () => import('./inside').then((file) => file.Inside),
  () => <ShellSkeleton />,
)

/** Everything behind the sign-in. */
export function Frame({ children }: { children: ReactNode }) {
  return (
    <Gate waiting={<ShellSkeleton />}>
      <Inside>{children}</Inside>
    </Gate>
  )
}
