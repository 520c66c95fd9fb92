'use client'

import { useEffect, useLayoutEffect, useSyncExternalStore } from 'react'
import type { Starter } from '../overlays'

/** The list that is shown, also below an opened task: what the sidebar marks and quick add starts from. Elsewhere: none. */
interface Shown {
  path: string
  starter: Starter
}

const NOTHING: Shown = { path: '', starter: {} }
let shown = NOTHING
const listeners = new Set<() => void>()

function tell(): void {
  for (const listener of listeners) listener()
}

export function useShown(path: string, starter: Starter): void {
  // With what is drawn, not after it: a key may come in between.
  useLayoutEffect(() => {
    const mine = { path, starter }
    shown = mine
    return () => {
      if (shown === mine) shown = NOTHING
    }
  }, [path, starter])
  useEffect(() => {
    tell()
    return tell
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
