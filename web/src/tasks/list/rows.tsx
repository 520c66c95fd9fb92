'use client'

import { type MouseEvent, type ReactNode, type RefObject, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { Task } from '@/api/types'
import { useMessages } from '@/ui/messages'
import { openOverlay } from '../overlays'
import { openTask, taskPath } from '../panel/address'
import { landing } from '../places'
import { useWorkspace } from '../workspace'
import { useEverything } from './everything'
import { useLongPress } from './long-press'
import type { Reading } from './readings'
import type { RowHandlers } from './row'
import { type Item, type Section, type Spot, stepFrom } from './sections'
import { useSelection } from './selection'
import { SelectionBar } from './selection-bar'
import { useTaskKeys } from './task-keys'

interface Rows {
  active: string | null
  cursor: string | null
  selected: ReadonlySet<string>
  /** A tap selects: somebody without a keyboard is choosing several. */
  selecting: boolean
  editing: string | null
  on: RowHandlers
  /** For the element around all rows. */
  around: Record<string, unknown>
  /** The tasks that are meant where this one is taken. */
  meant: (id: string) => readonly Task[]
  put: (tasks: readonly Task[], spot: Spot) => void
  said: string
  bar: ReactNode
}

interface Given {
  items: readonly Item[]
  order: Order
  sections: readonly Section[]
  reads: readonly Reading[]
  /** How many the list holds, where that is known. */
  total: number | null
  nameOf: (section: Section) => string
  list: RefObject<HTMLElement | null>
  scrollTo: (index: number) => void
}

/** Which row is active, selected, being edited; and what keys, clicks and fingers do to it. */
export function useRows({ items, order, sections, reads, total, nameOf, list, scrollTo }: Given): Rows {
  const { actions } = useWorkspace()
  const [cursor, setCursor] = useState<string | null>(null)
  const [touched, setTouched] = useState(false)
  const [editing, setEditing] = useState<string | null>(null)
  const selection = useSelection()
  const { selected, toggle, extend, choose, settle, clear } = selection
  const { tasks, ids, itemOf } = order
  const rowOf = useCallback((id: string) => list.current?.querySelector<HTMLElement>(`[data-task="${id}"]`) ?? null, [list])
  const focus = useFocus(itemOf, scrollTo, rowOf)
  const position = cursor === null ? -1 : ids.indexOf(cursor)
  const current = tasks[position] ?? null
  const active = current?.id ?? ids[0] ?? null
  const chosen = useMemo(() => (selected.size === 0 ? NOBODY : tasks.filter(({ id }) => selected.has(id))), [tasks, selected])
  const selecting = touched && chosen.length > 0
  const { put, said } = usePut(sections, nameOf)
  const everything = useEverything(reads, total, selected.size > 0, choose)
  useStayInList({ ids, position, cursor, list, move: (id) => go(tasks[ids.indexOf(id)]) })

  function go(task: Task | undefined) {
    if (!task) return
    setCursor(task.id)
    focus(task.id)
  }

  const meant = (id: string): readonly Task[] => (selected.has(id) ? chosen : tasks.filter((task) => task.id === id))
  const given = useRef({ ids, cursor, selecting, meant })
  useLayoutEffect(() => {
    given.current = { ids, cursor, selecting, meant }
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
        if (range) extend(task.id, given.current.ids, given.current.cursor)
        else toggle(task.id)
      },
      focus: setCursor,
      meant: (id) => given.current.meant(id).map((task) => task.id),
    }),
    [actions, focus, toggle, extend],
  )

  const sectionOf = (task: Task | undefined) => (task && items[itemOf.get(task.id) ?? -1]?.section) ?? -1
  const step = (those: readonly Task[], down: boolean) => {
    const spot = stepFrom(sections, sectionOf(those[0]), new Set(those.map(({ id }) => id)), down)
    if (spot) put(those, spot)
  }
  const move = (key: string, event: KeyboardEvent) => {
    const down = /^(alt\+)?(j|ArrowDown)$/.test(key)
    if (!down && !/^(alt\+)?(k|ArrowUp)$/.test(key)) return false
    if (key.startsWith('alt+')) {
      // A row that has just been moved is drawn anew: until it has the focus again, the page has it.
      if (!current || !(event.target === document.body || rowOf(current.id)?.contains(event.target as Node))) return false
      step(meant(current.id), down)
      focus(current.id, true)
      return true
    }
    const next = tasks[position < 0 ? 0 : Math.min(Math.max(position + (down ? 1 : -1), 0), tasks.length - 1)]
    if (event.shiftKey && next) extend(next.id, ids, cursor)
    else settle()
    go(next)
    return true
  }
  useTaskKeys({ current, chosen, selection, everything: () => ids, rowOf, focus, edit: setEditing, go: move })

  const around = useChoosing({
    selecting: () => given.current.selecting,
    choose: (id, range) => (range ? extend(id, given.current.ids, given.current.cursor) : toggle(id)),
    begin: (id) => {
      setTouched(true)
      setCursor(id)
      if (!selected.has(id)) toggle(id)
    },
  })
  const end = () => {
    setTouched(false)
    clear()
  }
  const bar = chosen.length > 0 && (
    <SelectionBar
      tasks={chosen}
      clear={end}
      leave={() => go(current ?? tasks[0])}
      all={chosen.length < ids.length || everything.more ? everything : undefined}
      step={sections[sectionOf(chosen[0])]?.manual ? (down) => step(chosen, down) : undefined}
    />
  )
  return { active, cursor, selected, selecting, editing, on, around, meant, put, said, bar }
}

const NOBODY: readonly Task[] = []

interface Order {
  tasks: readonly Task[]
  ids: readonly string[]
  itemOf: ReadonlyMap<string, number>
}

/** The tasks in the order they are shown in, and which item each is. */
export function useOrder(items: readonly Item[]): Order {
  return useMemo(() => {
    const tasks: Task[] = []
    const itemOf = new Map<string, number>()
    for (const [index, item] of items.entries()) {
      if (item.type !== 'task') continue
      tasks.push(item.task)
      itemOf.set(item.key, index)
    }
    return { tasks, ids: tasks.map(({ id }) => id), itemOf }
  }, [items])
}

/** Putting tasks somewhere else, and saying where they are then. */
function usePut(sections: readonly Section[], nameOf: (section: Section) => string) {
  const { board: words } = useMessages()
  const { actions } = useWorkspace()
  const [said, setSaid] = useState('')
  const put = (tasks: readonly Task[], { section: at, index }: Spot) => {
    const section = sections[at]
    if (!section) return
    const landed = landing(tasks, section.tasks, index, section.manual, section.change)
    if (!landed) return
    actions.move(landed.moved, (task) => section.change(task) ?? {}, landed.place, landed.changed ? nameOf(section) : null)
    const there = new Set([...section.tasks, ...tasks].map(({ id }) => id)).size
    if (section.manual) setSaid(words.place(landed.before + 1, there, nameOf(section)))
  }
  return { put, said }
}

interface Choosing {
  selecting: () => boolean
  choose: (id: string, range: boolean) => void
  begin: (id: string) => void
}

/** Clicks that select: with a key held, and any of them once a finger has rested on a row. */
function useChoosing(given: Choosing) {
  const latest = useRef(given)
  useEffect(() => {
    latest.current = given
  })
  const { isOver, ...press } = useLongPress((id) => latest.current.begin(id))
  return useMemo(() => {
    const click = (event: MouseEvent) => {
      const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-task]') : null
      if (!row) return
      const { selecting, choose } = latest.current
      const over = isOver()
      if (!over && !selecting() && !(event.metaKey || event.ctrlKey || event.shiftKey)) return
      event.preventDefault()
      event.stopPropagation()
      if (!over) choose(row.dataset.task!, event.shiftKey)
    }
    return { ...press, onClickCapture: click }
    // eslint-disable-next-line react-hooks/exhaustive-deps -- what a long press hands out stays the same
  }, [])
}

const FRAMES = 12

/**
 * Focuses a row that may not be in the page yet: scrolls there first. One that was `moved` is drawn anew: it is
 * held until it has come to rest.
 */
function useFocus(itemOf: ReadonlyMap<string, number>, scrollTo: (index: number) => void, rowOf: (id: string) => HTMLElement | null) {
  const given = useRef({ itemOf, scrollTo })
  useEffect(() => {
    given.current = { itemOf, scrollTo }
  })
  return useCallback(
    (id: string, moved = false) => {
      let frames = FRAMES
      let held = moved ? 4 : 1
      const attempt = () => {
        const index = given.current.itemOf.get(id)
        if (index !== undefined && held > 0) given.current.scrollTo(index)
        const title = rowOf(id)?.querySelector<HTMLElement>('[data-title]')
        const lost = document.activeElement === null || document.activeElement === document.body
        if (title && (lost || frames === FRAMES || !moved)) title.focus({ preventScroll: true })
        if (title) held -= 1
        if (held > 0 && (frames -= 1) > 0) requestAnimationFrame(attempt)
      }
      attempt()
    },
    [rowOf],
  )
}

interface Staying {
  ids: readonly string[]
  position: number
  cursor: string | null
  list: RefObject<HTMLElement | null>
  move: (id: string) => void
}

/** When the row that has the focus leaves the list, the next one that stayed gets it. */
function useStayInList({ ids, position, cursor, list, move }: Staying) {
  const before = useRef({ ids, position: -1 })
  useEffect(() => {
    const was = before.current
    const lost = cursor !== null && position < 0 && was.position >= 0
    if (!lost || !(document.activeElement === document.body || document.activeElement === null || !list.current?.isConnected)) {
      before.current = { ids, position }
      return
    }
    before.current = { ids, position: -1 }
    const left = new Set(ids)
    const next = was.ids.slice(was.position).find((id) => left.has(id)) ?? ids.at(-1)
    if (next) move(next)
  }, [ids, position, cursor, list, move])
}
