'use client'

import { useEffect } from 'react'
import type { Filters, View } from '../views'
import type { Command } from './command'

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

const offered: (readonly Command[])[] = []

/** What the page on the screen can do besides: to be memoized, so that it changes only with what it is about. */
export function useOffered(commands: readonly Command[]): void {
  useEffect(() => {
    offered.push(commands)
    return () => void offered.splice(offered.indexOf(commands), 1)
  }, [commands])
}

export function currentOffered(): readonly Command[] {
  return offered.flat()
}
