'use client'

import { useMemo } from 'react'
import type { Priority, Task } from '@/api/types'
import { useKeys } from '@/ui/keyboard'
import { openOverlay, type PickKind } from '../overlays'
import { openTask } from '../panel/address'
import { useSubject } from '../subject'
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
  edit: (id: string) => void
  /** Moving about, which is up to the list or the board. */
  go: (key: string, event: KeyboardEvent) => boolean
}

const PRIORITY_KEYS: Record<string, Priority> = { '0': 'none', '1': 'urgent', '2': 'high', '3': 'medium', '4': 'low' }
const PICK_KEYS: Record<string, PickKind> = { d: 'due', l: 'labels', p: 'project', s: 'status' }

/** What keys do to the tasks that are meant, the same in a list and on a board. */
export function useTaskKeys({ current, chosen, selection, everything, rowOf, edit, go }: Given): void {
  const { actions } = useWorkspace()
  const meant = useMemo(() => (chosen.length > 0 ? chosen : current ? [current] : []), [chosen, current])
  useSubject(meant, edit, selection.toggle)
  useKeys((key, event) => {
    const inRow = event.target instanceof HTMLElement ? event.target.closest('[data-task]') : null
    const elsewhere = event.target !== document.body && !inRow
    if (elsewhere && (key === 'Enter' || key === ' ' || key.startsWith('Arrow'))) return false
    if (go(key, event)) return true
    const onButton = event.target instanceof HTMLButtonElement
    if (key === 'Escape' && selection.selected.size > 0) selection.clear()
    else if (key === 'mod+a') selection.choose(everything())
    else if (!current) return false
    else if (key === 'Enter') {
      if (onButton) return false
      openTask(current.id)
    } else if (key === ' ') {
      if (onButton) return false
      if (chosen.length > 0) actions.complete(chosen)
      else actions.toggle(current)
    } else if (key === 'x') selection.toggle(current.id)
    else if (key === 'e') edit(current.id)
    else if (key === 'Delete' || key === 'Backspace') actions.remove(meant)
    else if (PRIORITY_KEYS[key]) actions.changeAll(meant.map(({ id }) => id), { priority: PRIORITY_KEYS[key] })
    else if (PICK_KEYS[key]) {
      const anchor = rowOf(current.id)
      if (anchor) openOverlay({ type: 'pick', kind: PICK_KEYS[key], ids: meant.map(({ id }) => id), anchor })
    } else return false
    return true
  })
}
