import { useSyncExternalStore } from 'react'

export interface Toast {
  id: number
  text: string
  tone: 'plain' | 'problem'
  /** `undoes`: what the keyboard's undo means. */
  action?: { label: string; run: () => void; undoes?: true }
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
  const fresh: Toast = { id: serial, text, tone: 'plain', stays: more.action ? UNDO_TIME : 5_000, ...more }
  become([...toasts, fresh].slice(-3))
  return fresh.id
}

export function dismiss(id: number): void {
  become(toasts.filter((item) => item.id !== id))
}

export function hasLastAction(): boolean {
  return toasts.some((item) => item.action?.undoes)
}

/** The newest thing that can be taken back, for the keyboard. */
export function runLastAction(): boolean {
  const last = toasts.findLast((item) => item.action?.undoes)
  if (!last) return false
  dismiss(last.id)
  last.action?.run()
  return true
}

export function useToasts(): readonly Toast[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => toasts,
    () => NONE,
  )
}
