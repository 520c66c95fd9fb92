'use client'

import type { ReactNode } from 'react'
import { Logo } from '@/ui/logo'
import { useMessages } from '@/ui/messages'
import { hold, useHeldKeys } from './held'

/** Around every page before the code of the app is there: looks as the app will, and is not it yet. What is done to it is done to that once it is there. */
export function Outside({ children }: { children: ReactNode }) {
  const { product, shell } = useMessages()
  useHeldKeys()
  return (
    <div className="flex h-dvh overflow-hidden bg-canvas" role="status" aria-label={shell.loading}>
      <div className="hidden w-60 shrink-0 border-r border-line bg-sunken px-5 pt-5 md:block">
        <Logo name={product} />
      </div>
      <div aria-hidden className="min-w-0 flex-1" onClickCapture={hold}>
        {children}
      </div>
    </div>
  )
}
