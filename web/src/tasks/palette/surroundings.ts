'use client'

import { useEffect } from 'react'
import type { Filters, View } from '../views'

/** The list on the screen, so that the palette can change how it is shown. */
interface Surroundings {
  view: View
  filters: Filters
  change: (next: Partial<Filters>) => void
}

let around: Surroundings | null = null

export function useSurroundings(view: View, filters: Filters, change: Surroundings['change']): void {
  useEffect(() => {
    const mine = { view, filters, change }
    around = mine
    return () => {
      if (around === mine) around = null
    }
  })
}

export function currentSurroundings(): Surroundings | null {
  return around
}
