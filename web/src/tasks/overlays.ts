import { useSyncExternalStore } from 'react'
import type { NewTask, Task, TaskPatch } from '@/api/types'

export type PickKind = 'due' | 'start' | 'priority' | 'status' | 'labels' | 'project'

/** What a new task has before a word is typed: the place it is added from. */
export type Starter = Pick<NewTask, 'project_id' | 'label_ids' | 'due' | 'parent_id' | 'priority' | 'status'>

export type Overlay =
  | { type: 'none' }
  | { type: 'add'; starter: Starter; text?: string }
  | { type: 'pick'; kind: PickKind; ids: readonly string[]; anchor: HTMLElement }
  | { type: 'keys' }
  | { type: 'palette' }
  /** A project or a label, to be made (null) or changed. */
  | { type: 'named'; what: 'projects' | 'labels'; id: string | null }
  | { type: 'conflict'; theirs: Task; mine: TaskPatch }

const NONE: Overlay = { type: 'none' }
let overlay: Overlay = NONE
const listeners = new Set<() => void>()

export function openOverlay(next: Overlay): void {
  overlay = next
  for (const listener of listeners) listener()
}

export function closeOverlay(): void {
  openOverlay(NONE)
}

export function currentOverlay(): Overlay {
  return overlay
}

export function useOverlay(): Overlay {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => overlay,
    () => NONE,
  )
}
