'use client'

import dynamic from 'next/dynamic'
import type { ReactNode } from 'react'
import { Gate } from '@/accounts/gate'
import { ShellSkeleton } from '@/tasks/shell/skeleton'

const Inside = dynamic(() => import('./inside').then((file) => file.Inside), { loading: () => <ShellSkeleton /> })

/**
 * Everything behind the sign-in. The code of this and of each page is not what a page begins with, but named in it:
 * it comes beside the first requests, as nothing can be drawn before those are answered.
 */
export function Frame({ children }: { children: ReactNode }) {
  return (
    <Gate>
      <Inside>{children}</Inside>
    </Gate>
  )
}
