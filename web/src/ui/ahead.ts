'use client'

import { useEffect } from 'react'

/** What tells that somebody is at the page: nothing is fetched for one that is only open. */
const SIGNS = ['pointermove', 'pointerdown', 'wheel', 'keydown'] as const
const REST = 1_500

let somebody: Promise<void> | null = null

/** Resolves at the first sign of somebody, once the page has its own things. */
function attention(): Promise<void> {
  somebody ??= new Promise<void>((seen) => {
    const see = () => {
      for (const sign of SIGNS) removeEventListener(sign, see, true)
      seen()
    }
    for (const sign of SIGNS) addEventListener(sign, see, { capture: true, passive: true })
  }).then(leisure)
  return somebody
}

/** Until the browser has nothing to do. */
function leisure(): Promise<void> {
  return new Promise((free) => {
    if (typeof requestIdleCallback === 'function') requestIdleCallback(() => free(), { timeout: REST })
    else setTimeout(free, REST)
  })
}

function savesData(): boolean {
  return (navigator as { connection?: { saveData?: boolean } }).connection?.saveData === true
}

/**
 * Fetches what will probably be wanted next, one after the other: the one place where anything is fetched before it
 * is needed. Where data is to be saved, all of it waits until it is. What does not come is asked for again then.
 */
export function useAhead(fetches: readonly (() => Promise<unknown>)[]): void {
  useEffect(() => {
    if (savesData()) return
    let gone = false
    void attention().then(async () => {
      for (const fetch of fetches) {
        if (gone) return
        await fetch().catch(() => undefined)
        await leisure()
      }
    })
    return () => {
      gone = true
    }
  }, [fetches])
}
