import { useSyncExternalStore } from 'react'

export interface Action {
  label: string
  run: () => void
}

export interface Toast {
  id: number
  text: string
  tone: 'plain' | 'problem'
  action?: Action
  also?: Action
  /** What is tried again by the action, by what it is about. */
  ways?: ReadonlyMap<string, () => void>
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

/** A problem with a way on. The same once more joins the one that is shown: its action then is all of them. */
export function problem(text: string, action: Action, about = `${serial}`): number {
  const same = toasts.find((item) => item.text === text && item.ways && item.action?.label === action.label)
  if (same) dismiss(same.id)
  const ways = new Map(same?.ways)
  ways.delete(about)
  return toast(text, withWays(ways.set(about, action.run), action.label))
}

/** What was tried in vain was done otherwise: to try it again would undo that. */
export function solved(about: string): void {
  for (const item of toasts) {
    if (!item.ways?.has(about)) continue
    const ways = new Map(item.ways)
    ways.delete(about)
    if (ways.size === 0) dismiss(item.id)
    else become(toasts.map((other) => (other === item ? { ...item, ...withWays(ways, item.action?.label ?? '') } : other)))
  }
}

function withWays(ways: ReadonlyMap<string, () => void>, label: string): Pick<Toast, 'tone' | 'stays' | 'ways' | 'action'> {
  return { tone: 'problem', stays: null, ways, action: { label, run: () => ways.forEach((go) => go()) } }
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
