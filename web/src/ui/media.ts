'use client'

import { useCallback, useSyncExternalStore } from 'react'

/** Whether one points with a finger. */
export function useIsCoarse(): boolean {
  return useMedia('(pointer: coarse)')
}

/** Whether there is room for more than one column: Tailwind's `md`. */
export function useIsWide(): boolean {
  return useMedia('(min-width: 48rem)')
}

function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (listener: () => void) => {
      const media = matchMedia(query)
      media.addEventListener('change', listener)
      return () => media.removeEventListener('change', listener)
    },
    [query],
  )
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches, () => false)
}
