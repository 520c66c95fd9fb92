'use client'

import { type ReactNode, type RefObject, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { Task } from '@/api/types'
import { openOverlay } from '../overlays'
import { openTask, taskPath } from '../panel/address'
import type { Item } from '../views'
import { useWorkspace } from '../workspace'
import type { RowHandlers } from './row'
import { useSelection } from './selection'
import { SelectionBar } from './selection-bar'
import { useTaskKeys } from './task-keys'

interface Rows {
  active: string | null
  selected: ReadonlySet<string>
  editing: string | null
  on: RowHandlers
  bar: ReactNode
}

interface Given {
  items: readonly Item[]
  tasks: readonly Task[]
  list: RefObject<HTMLElement | null>
  scrollTo: (index: number) => void
}

/** Which row is active, selected, being edited; and what keys and clicks do to it. */
export function useRows({ items, tasks, list, scrollTo }: Given): Rows {
  const { actions } = useWorkspace()
  const [cursor, setCursor] = useState<string | null>(null)
  const selection = useSelection()
  const { selected, toggle: toggleSelected, extend, clear } = selection
  const [editing, setEditing] = useState<string | null>(null)
  const rowOf = useCallback((id: string) => list.current?.querySelector<HTMLElement>(`[data-task="${id}"]`) ?? null, [list])
  const focus = useFocus(items, scrollTo, rowOf)
  const position = tasks.findIndex(({ id }) => id === cursor)
  const current = tasks[position] ?? null
  const active = current?.id ?? tasks[0]?.id ?? null
  useStayInList({ tasks, cursor, list, move: (task) => go(task) })

  function go(task: Task | undefined) {
    if (!task) return
    setCursor(task.id)
    focus(task.id)
  }

  const given = useRef({ tasks, cursor })
  useEffect(() => {
    given.current = { tasks, cursor }
  })

  const on = useMemo<RowHandlers>(
    () => ({
      open: (task) => openTask(task.id),
      href: (task) => taskPath(task.id),
      toggle: (task) => actions.toggle(task),
      pick: (kind, task, anchor) => openOverlay({ type: 'pick', kind, ids: [task.id], anchor }),
      edit: (id) => {
        setEditing((now) => {
          if (id === null && now) focus(now)
          return id
        })
      },
      remove: (task) => actions.remove([task]),
      select: (task, range) => {
        const now = given.current
        if (range) extend(task.id, now.tasks.map(({ id }) => id), now.cursor)
        else toggleSelected(task.id)
      },
      focus: setCursor,
    }),
    [actions, focus, toggleSelected, extend],
  )

  const chosen = useMemo(() => tasks.filter(({ id }) => selected.has(id)), [tasks, selected])
  const move = (key: string) => {
    if (key === 'j' || key === 'ArrowDown') go(tasks[position < 0 ? 0 : Math.min(position + 1, tasks.length - 1)])
    else if (key === 'k' || key === 'ArrowUp') go(tasks[Math.max(position - 1, 0)])
    else return false
    return true
  }
  useTaskKeys({ current, chosen, selection, everything: () => tasks.map(({ id }) => id), rowOf, focus, edit: setEditing, go: move })

  const bar = chosen.length > 0 && <SelectionBar tasks={chosen} clear={clear} />
  return { active, selected, editing, on, bar }
}

/** Focuses a row that may not be in the page yet: scrolls there first. */
function useFocus(items: readonly Item[], scrollTo: (index: number) => void, rowOf: (id: string) => HTMLElement | null) {
  const given = useRef({ items, scrollTo })
  useEffect(() => {
    given.current = { items, scrollTo }
  })
  return useCallback(
    (id: string) => {
      const index = given.current.items.findIndex(({ key }) => key === id)
      if (index >= 0) given.current.scrollTo(index)
      let frames = 12
      const attempt = () => {
        const title = rowOf(id)?.querySelector<HTMLElement>('[data-title]')
        if (title) title.focus({ preventScroll: true })
        else if ((frames -= 1) > 0) requestAnimationFrame(attempt)
      }
      attempt()
    },
    [rowOf],
  )
}

/** When the row that has the focus leaves the list, the one that takes its place gets it. */
function useStayInList({ tasks, cursor, list, move }: { tasks: readonly Task[]; cursor: string | null; list: RefObject<HTMLElement | null>; move: (task: Task | undefined) => void }) {
  const place = useRef(-1)
  useEffect(() => {
    const at = tasks.findIndex(({ id }) => id === cursor)
    const lost = cursor !== null && at < 0 && place.current >= 0
    if (lost && (document.activeElement === document.body || document.activeElement === null || !list.current?.isConnected)) {
      const next = tasks[Math.min(place.current, tasks.length - 1)]
      place.current = -1
      move(next)
    } else place.current = at
  }, [tasks, cursor, list, move])
}
