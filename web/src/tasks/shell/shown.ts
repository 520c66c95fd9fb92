'use client'

import { useEffect, useSyncExternalStore } from 'react'
import type { Starter } from '../overlays'

/** The list that is shown, also below an opened task: what the sidebar marks and quick add starts from. */
interface Shown {
  path: string
  starter: Starter
}

let shown: Shown = { path: '', starter: {} }
const listeners = new Set<() => void>()

export function useShown(path: string, starter: Starter): void {
  useEffect(() => {
    shown = { path, starter }
    for (const listener of listeners) listener()
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
