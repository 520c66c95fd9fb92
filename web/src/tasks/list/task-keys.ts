'use client'

import { useMemo } from 'react'
import type { Priority, Task } from '@/api/types'
import { useKeys } from '@/ui/keyboard'
import type { TaskActions } from '../actions'
import { openOverlay, type PickKind } from '../overlays'
import { isTaskOpen, openTask } from '../panel/address'
import { useListFocus } from '../panel/focus'
import { type Subject, useSubject } from '../subject'
import { useWorkspace } from '../workspace'
import type { Selection } from './selection'

interface Given {
  /** The task with the cursor, and those that are selected. */
  current: Task | null
  chosen: readonly Task[]
  selection: Selection
  /** The ids that mod+A chooses. */
  everything: () => readonly string[]
  rowOf: (id: string) => HTMLElement | null
  focus: (id: string) => void
  edit: (id: string) => void
  /** Moving about, which is up to the list or the board. */
  go: (key: string, event: KeyboardEvent) => boolean
}

const PRIORITY_KEYS: Record<string, Priority> = { '0': 'none', '1': 'urgent', '2': 'high', '3': 'medium', '4': 'low' }
const PICK_KEYS: Record<string, PickKind> = { d: 'due', l: 'labels', p: 'project', s: 'status' }

/** The row or card of a list in which this is. */
export function rowAround(target: EventTarget | null): HTMLElement | null {
  return target instanceof HTMLElement ? target.closest<HTMLElement>('[data-task]') : null
}

export function isDelete(key: string): boolean {
  return key === 'Delete' || key === 'Backspace'
}

/** What keys do to the tasks that are meant, the same in a list, on a board and in the panel. True if it was one. */
export function runTaskKey(key: string, { tasks, edit, select }: Subject, anchor: (kind: PickKind) => HTMLElement | null, actions: TaskActions): boolean {
  const ids = tasks.map(({ id }) => id)
  const [first] = ids
  if (!first) return false
  if (key === 'x' && select) select(first)
  else if (key === 'e' && edit) edit(first)
  else if (PRIORITY_KEYS[key]) actions.changeAll(ids, { priority: PRIORITY_KEYS[key] })
  else if (PICK_KEYS[key]) {
    const kind = PICK_KEYS[key]
    const at = anchor(kind)
    if (at) openOverlay({ type: 'pick', kind, ids, anchor: at })
  } else return false
  return true
}

/** The keys of a list or board. Under an opened task they mean it only from a row that has the focus. */
export function useTaskKeys({ current, chosen, selection, everything, rowOf, focus, edit, go }: Given): void {
  const { actions } = useWorkspace()
  const meant = useMemo(() => (chosen.length > 0 ? chosen : current ? [current] : []), [chosen, current])
  useSubject('list', meant, edit, selection.toggle)
  useListFocus(focus)
  useKeys((key, event) => {
    const inRow = rowAround(event.target) !== null
    const elsewhere = event.target !== document.body && !inRow
    if (elsewhere && (key === 'Enter' || key === ' ' || key.startsWith('Arrow') || isDelete(key))) return false
    if (isTaskOpen() && !inRow) return !event.shiftKey && !document.querySelector('[inert] #main') && go(key, event)
    if (go(key, event)) return true
    const onButton = event.target instanceof HTMLButtonElement
    // Without a cursor keys mean what is selected.
    const at = current ?? meant[0]
    if (key === 'Escape' && selection.selected.size > 0) selection.clear()
    else if (key === 'mod+a') selection.choose(everything())
    else if (!at) return false
    else if (key === 'Enter') {
      if (onButton) return false
      openTask(at.id)
    } else if (key === ' ') {
      if (onButton) return false
      if (chosen.length > 0) actions.complete(chosen)
      else actions.toggle(at)
    } else if (isDelete(key)) actions.remove(meant)
    // These two mean one task, also among many that are selected.
    else if (key === 'x') selection.toggle(at.id)
    else if (key === 'e') edit(at.id)
    else return runTaskKey(key, { tasks: meant, edit, select: selection.toggle }, () => rowOf(at.id), actions)
    return true
  })
}
