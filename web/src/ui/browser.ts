'use client'

import { useSyncExternalStore } from 'react'

const never = () => () => undefined

/** What only the browser knows; until it is asked, what the static page was made with. */
export function useBrowser<T extends string | number | boolean | null>(read: () => T, before: T): T {
  return useSyncExternalStore(never, read, () => before)
}
