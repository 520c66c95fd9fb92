'use client'

import { useSyncExternalStore } from 'react'

/**
 * Whether the server can be reached, as far as anybody here knows: what requests and the stream met with, and
 * what the browser says. While it can't, it is asked now and then.
 */
let up = true
let asking: ReturnType<typeof setTimeout> | undefined
let failures = 0
const listeners = new Set<() => void>()
const returns = new Set<() => void>()

const FIRST = 1_000
const LONGEST = 10_000
const PATIENCE = 8_000

export function isUp(): boolean {
  return up
}

/** The server answered something. */
export function reached(): void {
  failures = 0
  if (up) return
  clearTimeout(asking)
  asking = undefined
  become(true)
  for (const back of [...returns]) back()
}

/** A request got no answer. */
export function missed(): void {
  become(false)
  askLater()
}

/** Runs each time that the connection is back, until the function it answers is called. */
export function onReturn(back: () => void): () => void {
  returns.add(back)
  return () => returns.delete(back)
}

export function useIsUp(): boolean {
  return useSyncExternalStore(subscribe, isUp, () => true)
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    addEventListener('offline', missed)
    addEventListener('online', askNow)
    if (!navigator.onLine) missed()
  }
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    removeEventListener('offline', missed)
    removeEventListener('online', askNow)
  }
}

function become(next: boolean): void {
  if (up === next) return
  up = next
  for (const listener of listeners) listener()
}

function askLater(): void {
  asking ??= setTimeout(() => {
    asking = undefined
    void ask()
  }, Math.min(FIRST * 2 ** failures, LONGEST))
}

function askNow(): void {
  clearTimeout(asking)
  asking = undefined
  failures = 0
  void ask()
}

async function ask(): Promise<void> {
  if (up) return
  try {
    const { status } = await fetch('/api/health/live', { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE) })
    if (status < 500) return reached()
  } catch {
    // Still nothing.
  }
  failures += 1
  askLater()
}
