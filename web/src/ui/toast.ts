import { useSyncExternalStore } from 'react'

export interface Toast {
  id: number
  text: string
  tone: 'plain' | 'problem'
  action?: { label: string; run: () => void }
  /** ms on screen; null stays until it is closed. */
  stays: number | null
}

/** How long an action can be taken back from its toast. */
export const UNDO_TIME = 10_000

let toasts: readonly Toast[] = []
let serial = 0
const listeners = new Set<() => void>()
const NONE: readonly Toast[] = []

function become(next: readonly Toast[]): void {
  toasts = next
  for (const listener of listeners) listener()
}

export function toast(text: string, more: Partial<Omit<Toast, 'id' | 'text'>> = {}): number {
  serial += 1
  become([...toasts, { id: serial, text, tone: 'plain', stays: more.action ? UNDO_TIME : 5_000, ...more }])
  return serial
}

/** A problem with a way on. The same once more joins the one that is shown: its action then is both. */
export function problem(text: string, { label, run }: { label: string; run: () => void }): number {
  const same = toasts.find((item) => item.text === text && item.tone === 'problem' && item.action?.label === label)
  if (same) dismiss(same.id)
  const both = () => {
    same?.action?.run()
    run()
  }
  return toast(text, { tone: 'problem', stays: null, action: { label, run: both } })
}

export function dismiss(id: number | null): void {
  become(toasts.filter((item) => item.id !== id))
}

export function currentToasts(): readonly Toast[] {
  return toasts
}

export function useToasts(): readonly Toast[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    currentToasts,
    () => NONE,
  )
}
