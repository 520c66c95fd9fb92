'use client'

import { useEffect, useSyncExternalStore } from 'react'
import type { Starter } from '../overlays'

/** The list that is shown, also below an opened task: what the sidebar marks and quick add starts from. Elsewhere: none. */
interface Shown {
  path: string
  starter: Starter
}

const NOTHING: Shown = { path: '', starter: {} }
let shown = NOTHING
const listeners = new Set<() => void>()

function show(next: Shown): void {
  shown = next
  for (const listener of listeners) listener()
}

export function useShown(path: string, starter: Starter): void {
  useEffect(() => {
    const mine = { path, starter }
    show(mine)
    return () => {
      if (shown === mine) show(NOTHING)
    }
  }, [path, starter])
}

export function currentStarter(): Starter {
  return shown.starter
}

export function useShownPath(): string {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => shown.path,
    () => '',
  )
}
