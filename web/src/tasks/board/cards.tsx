'use client'

import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, type RefObject, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { Task } from '@/api/types'
import { useMessages } from '@/ui/messages'
import { loaded } from '../edits'
import { type Everything, useEverything } from '../list/everything'
import { useReadings } from '../list/readings'
import type { RowHandlers } from '../list/row'
import { type Selection, useSelection } from '../list/selection'
import { SelectionBar } from '../list/selection-bar'
import { useTaskKeys } from '../list/task-keys'
import { openOverlay } from '../overlays'
import { openTask, taskPath } from '../panel/address'
import { useWorkspace } from '../workspace'
import type { Standing } from './column'
import type { Column } from './columns'

interface Given {
  board: RefObject<HTMLElement | null>
  columns: readonly Column[]
  standings: RefObject<Map<string, Standing>>
  move: (tasks: readonly Task[], column: Column, index: number) => void
  /** How many a column holds, where that is known. */
  countOf: (column: Column) => number | null
}

interface Cards {
  chosen: readonly Task[]
  state: { active: string | null; editing: string | null; selected: ReadonlySet<string>; on: RowHandlers }
  said: string
  bar: ReactNode
  changed: () => void
}

type Spot = { column: string; index: number }

const STEPS: Record<string, readonly [number, number]> = { ArrowDown: [0, 1], j: [0, 1], ArrowUp: [0, -1], k: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }
const FRAMES = 20

/** Which card is active, selected, being edited; and what keys and clicks do to it. */
export function useCards({ board, columns, standings, move, countOf }: Given): Cards {
  const { board: words } = useMessages()
  const client = useQueryClient()
  const { actions, edits } = useWorkspace()
  const selection = useSelection()
  const { selected, toggle, extend, clear } = selection
  const [cursor, setCursor] = useState<string | null>(null)
  const [editing, setEditing] = useState<string | null>(null)
  const [said, setSaid] = useState('')
  const chosen = useMemo(() => [...selected].flatMap((id) => edits.find(id) ?? []), [selected, edits])

  const latest = useRef(chosen)
  useEffect(() => {
    latest.current = chosen
  })

  // As they are in the cache: keys come faster than the page is drawn.
  const tasksIn = useCallback(
    (key: string): readonly Task[] => {
      const column = columns.find((other) => other.key === key)
      return column ? loaded(client, column.query) : []
    },
    [columns, client],
  )
  const spotOf = useCallback(
    (id: string | null): Spot | null => {
      for (const { key } of columns) {
        const index = tasksIn(key).findIndex((task) => task.id === id)
        if (index >= 0) return { column: key, index }
      }
      return null
    },
    [columns, tasksIn],
  )
  const firstOf = useCallback((some: readonly Column[]) => some.flatMap(({ key }) => tasksIn(key)[0] ?? [])[0], [tasksIn])
  const cardOf = useCallback((id: string) => board.current?.querySelector<HTMLElement>(`[data-task="${id}"]`) ?? null, [board])
  const focus = useFocus(spotOf, standings, cardOf)
  const go = useCallback(
    (task: Task | undefined) => {
      if (!task) return
      setCursor(task.id)
      focus(task.id)
    },
    [focus],
  )
  const { changed, carried } = useFollow({ cursor, spotOf, tasksIn, board, go })
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
        const spot = spotOf(task.id)
        const order = spot ? tasksIn(spot.column) : []
        if (range) extend(task.id, order.map(({ id }) => id), null)
        else toggle(task.id)
      },
      focus: setCursor,
      meant: (id) => (latest.current.some((task) => task.id === id) ? latest.current.map((task) => task.id) : [id]),
    }),
    [actions, focus, spotOf, tasksIn, extend, toggle],
  )

  function step(key: string, event: KeyboardEvent): boolean {
    const by = STEPS[key.replace('alt+', '')]
    if (!by) return false
    const [across, down] = by
    const spot = spotOf(cursor)
    const task = spot && tasksIn(spot.column)[spot.index]
    if (!spot || !task) go(firstOf(columns))
    else if (key.startsWith('alt+') || (event.shiftKey && key.startsWith('Arrow'))) carry(task, spot, across, down)
    else if (down) go(tasksIn(spot.column)[Math.max(spot.index + down, 0)])
    else go(beside(spot, across))
    return true
  }

  /** The card at the same height in the next column that has any. */
  function beside(spot: Spot, across: number): Task | undefined {
    const height = (element: Element | null | undefined) => {
      const box = element?.getBoundingClientRect()
      return box ? box.top + box.height / 2 : 0
    }
    const here = columns.findIndex(({ key }) => key === spot.column)
    const rest = across > 0 ? columns.slice(here + 1) : columns.slice(0, here).reverse()
    const next = rest.find(({ key }) => tasksIn(key).length > 0)
    if (!next) return undefined
    const at = height(cursor === null ? null : cardOf(cursor))
    const cards = standings.current.get(next.key)?.scroller?.querySelectorAll<HTMLElement>('[data-task]') ?? []
    const near = [...cards].sort((one, other) => Math.abs(height(one) - at) - Math.abs(height(other) - at))[0]
    return tasksIn(next.key).find(({ id }) => id === near?.dataset.task) ?? firstOf([next])
  }

  /** Moves the card itself (or all that are selected with it) by a key. */
  function carry(task: Task, spot: Spot, across: number, down: number) {
    const at = columns.findIndex(({ key }) => key === spot.column)
    const column = columns[at + across]
    if (!column || (down && (!column.manual || spot.index + down < 0))) return
    const meant = selected.has(task.id) ? chosen : [task]
    carried()
    move(meant, column, down ? spot.index + (down > 0 ? 2 : -1) : Math.min(spot.index, tasksIn(column.key).length))
    focus(task.id)
    const landed = spotOf(task.id)
    if (landed) setSaid(words.place(landed.index + 1, tasksIn(landed.column).length, standings.current.get(landed.column)?.name ?? ''))
  }

  const current = cursor === null ? null : (edits.find(cursor) ?? null)
  const everything = () => {
    const spot = spotOf(cursor)
    return tasksIn(spot?.column ?? columns[0]?.key ?? '').map(({ id }) => id)
  }
  useTaskKeys({ current, chosen, selection, everything, rowOf: cardOf, focus, edit: setEditing, go: step })
  const state = useMemo(() => ({ active: cursor, editing, selected, on }), [cursor, editing, selected, on])
  const all = useColumn(chosen.length > 0 ? (columns.find(({ key }) => key === (spotOf(cursor)?.column ?? '')) ?? null) : null, countOf, selection)
  const bar = chosen.length > 0 && <SelectionBar tasks={chosen} clear={clear} leave={() => go(current ?? firstOf(columns))} all={all} />
  return { chosen, state, said, bar, changed }
}

/** All of the column with the cursor, also what is not read yet. */
function useColumn(column: Column | null, countOf: Given['countOf'], { selected, choose }: Selection): Everything | undefined {
  const asked = useMemo(() => (column ? [{ key: column.key, query: column.query, enabled: true }] : []), [column])
  const reads = useReadings(asked)
  const everything = useEverything(reads, column && countOf(column), selected.size > 0, choose)
  return everything.more || reads.some(({ tasks }) => tasks.some(({ id }) => !selected.has(id))) ? everything : undefined
}

/** Focuses a card that may not be in the page yet: scrolls there first. */
function useFocus(spotOf: (id: string) => Spot | null, standings: RefObject<Map<string, Standing>>, cardOf: (id: string) => HTMLElement | null) {
  return useCallback(
    (id: string) => {
      let frames = FRAMES
      let scrolled = false
      const attempt = () => {
        const spot = spotOf(id)
        if (spot && !scrolled) standings.current.get(spot.column)?.scrollTo(spot.index)
        scrolled = spot !== null
        const title = cardOf(id)?.querySelector<HTMLElement>('[data-title]')
        if (title && spot) {
          title.focus({ preventScroll: true })
          title.closest('section')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
          if (document.activeElement === title && frames < FRAMES) return
        }
        if ((frames -= 1) > 0) requestAnimationFrame(attempt)
      }
      attempt()
    },
    [spotOf, standings, cardOf],
  )
}

interface Following {
  cursor: string | null
  spotOf: (id: string | null) => Spot | null
  tasksIn: (column: string) => readonly Task[]
  board: RefObject<HTMLElement | null>
  go: (task: Task | undefined) => void
}

/**
 * When the card that has the focus leaves its column, the one that takes its place gets it; unless it was
 * carried elsewhere by a key: then the focus goes with it.
 */
function useFollow({ cursor, spotOf, tasksIn, board, go }: Following): { changed: () => void; carried: () => void } {
  const latest = useRef({ cursor, go })
  const spot = useRef<Spot | null>(null)
  const along = useRef(false)
  useEffect(() => {
    latest.current = { cursor, go }
  })
  useEffect(() => {
    spot.current = spotOf(cursor)
  }, [cursor, spotOf])
  const changed = useCallback(() => {
    if (latest.current.cursor === null) return
    requestAnimationFrame(() => {
      const before = spot.current
      const now = spotOf(latest.current.cursor)
      spot.current = now
      if (!before || !board.current || (now && now.column === before.column)) return
      const lost = document.activeElement === null || document.activeElement === document.body
      const rest = tasksIn(before.column)
      const next = along.current && now ? tasksIn(now.column)[now.index] : rest[Math.min(before.index, rest.length - 1)]
      along.current = false
      if (lost) latest.current.go(next)
    })
  }, [spotOf, tasksIn, board])
  const carried = useCallback(() => {
    along.current = true
  }, [])
  return { changed, carried }
}
