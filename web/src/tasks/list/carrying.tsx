'use client'

import { draggable, dropTargetForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter'
import { pointerOutsideOfPreview } from '@atlaskit/pragmatic-drag-and-drop/element/pointer-outside-of-preview'
import { setCustomNativeDragPreview } from '@atlaskit/pragmatic-drag-and-drop/element/set-custom-native-drag-preview'
import type { Virtualizer } from '@tanstack/react-virtual'
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { Task } from '@/api/types'
import { type Hovered, useDragging } from '../board/dragging'
import { scrollerOf } from './scroller'
import { type Item, type Section, type Spot, spotAt } from './sections'

interface Carried {
  list: RefObject<HTMLElement | null>
  virtual: Virtualizer<HTMLElement, Element>
  margin: number
  items: readonly Item[]
  sections: readonly Section[]
  setHeld: (id: string | null) => void
  meant: (id: string) => readonly Task[]
  put: (tasks: readonly Task[], spot: Spot) => void
}

interface Aim extends Spot {
  /** The item before which the line is drawn. */
  line: number
}

const NOWHERE = { current: null }

/** Rows carried with the mouse: takes them up, shows where they would go, puts them there. */
export function Carrying(given: Carried) {
  const { virtual, margin, items, sections, setHeld } = given
  const hovered = useRef<Hovered | null>(null)
  const dragged = useDragging(NOWHERE, hovered)
  const carried = useTaking(given, dragged)
  const aim = useAim(given, hovered, carried)
  useEffect(() => setHeld(dragged), [dragged, setHeld])
  const section = aim && sections[aim.section]
  if (!aim || !section) return null
  const top = (index: number) => (virtual.measurementsCache[index]?.start ?? virtual.measurementsCache.at(-1)?.end ?? 0) - margin
  if (section.manual)
    return (
      <span aria-hidden className="pointer-events-none absolute inset-x-2 top-0 z-10 -mt-px h-0.5 rounded-full bg-accent sm:left-7 lg:left-14" style={{ transform: `translateY(${Math.max(top(aim.line), 1)}px)` }}>
        <span className="absolute -top-[0.1875rem] -left-1 size-2 rounded-full border-2 border-accent bg-canvas" />
      </span>
    )
  const from = items.findIndex((item) => item.section === aim.section)
  const to = items.findLastIndex((item) => item.section === aim.section) + 1
  return <span aria-hidden className="pointer-events-none absolute inset-x-0 top-0 z-10 rounded-md border-2 border-accent/70 bg-selected/25" style={{ transform: `translateY(${top(from) + 8}px)`, height: top(to) - top(from) - 8 }} />
}

/** Makes the rows that are in the page draggable, and dims those that are being carried. */
function useTaking({ list, meant }: Carried, dragged: string | null): ReadonlySet<string> {
  const [carried, setCarried] = useState<ReadonlySet<string>>(new Set())
  const latest = useRef(meant)
  const taken = useRef(new Map<HTMLElement, () => void>())
  useLayoutEffect(() => {
    latest.current = meant
  })
  useEffect(() => {
    // In a row whose title is being edited the mouse selects text.
    const rows = new Set(list.current?.querySelectorAll<HTMLElement>('[data-task]:not(:has(input))'))
    for (const [row, release] of taken.current) if (!rows.has(row)) void (taken.current.delete(row), release())
    for (const row of rows) {
      row.toggleAttribute('data-carried', dragged !== null && carried.has(row.dataset.task ?? ''))
      if (taken.current.has(row)) continue
      const those = () => latest.current(row.dataset.task!)
      const release = draggable({
        element: row,
        getInitialData: () => ({ task: row.dataset.task, tasks: those().map(({ id }) => id) }),
        onGenerateDragPreview: ({ nativeSetDragImage }) => {
          const tasks = those()
          setCarried(new Set(tasks.map(({ id }) => id)))
          const title = tasks.find(({ id }) => id === row.dataset.task)?.title ?? ''
          setCustomNativeDragPreview({ nativeSetDragImage, getOffset: pointerOutsideOfPreview({ x: '12px', y: '10px' }), render: ({ container }) => container.append(preview(title, tasks.length)) })
        },
      })
      taken.current.set(row, release)
    }
  })
  useEffect(() => {
    const all = taken.current
    return () => {
      for (const release of all.values()) release()
      all.clear()
    }
  }, [])
  return carried
}

/** What hangs at the pointer: the task, and how many others with it. */
function preview(title: string, count: number): HTMLElement {
  const card = document.createElement('div')
  card.className = 'flex max-w-72 items-center gap-2 rounded-md border border-line bg-raised px-3 py-1.5 text-sm font-medium text-ink'
  const name = document.createElement('span')
  name.className = 'truncate'
  name.textContent = title
  card.append(name)
  if (count > 1) {
    const badge = document.createElement('span')
    badge.className = 'shrink-0 rounded-full bg-accent-solid px-1.5 text-xs text-on-accent tabular-nums'
    badge.textContent = String(count)
    card.append(badge)
  }
  return card
}

/** Where what is held over the list would go; null while nothing is, or where it would change nothing. */
function useAim(given: Carried, hovered: RefObject<Hovered | null>, carried: ReadonlySet<string>): Aim | null {
  const [aim, setAim] = useState<Aim | null>(null)
  const latest = useRef({ ...given, carried })
  useLayoutEffect(() => {
    latest.current = { ...given, carried }
  })
  useEffect(() => {
    const element = scrollerOf(latest.current.list.current)
    if (!element) return
    const aimAt = (y: number) => {
      const next = aimOf(latest.current, y)
      setAim((now) => (now?.line === next?.line && now?.section === next?.section && now?.index === next?.index ? now : next))
    }
    const leave = () => {
      setAim(null)
      hovered.current = null
    }
    return dropTargetForElements({
      element,
      canDrop: ({ source }) => typeof source.data.task === 'string',
      onDragEnter: () => {
        hovered.current = { scroller: element, aim: aimAt }
      },
      onDrag: ({ location }) => aimAt(location.current.input.clientY),
      onDragLeave: leave,
      onDrop: ({ source, location }) => {
        const { meant, put } = latest.current
        const spot = aimOf(latest.current, location.current.input.clientY)
        leave()
        if (spot) put(meant(source.data.task as string), spot)
      },
    })
  }, [hovered])
  return aim
}

function aimOf({ list, virtual, items, sections, meant, carried }: Carried & { carried: ReadonlySet<string> }, clientY: number): Aim | null {
  const scroller = scrollerOf(list.current)
  if (!scroller || items.length === 0) return null
  const y = clientY - scroller.getBoundingClientRect().top + scroller.scrollTop
  const { start, size, index } = virtual.getVirtualItemForOffset(y) ?? { start: 0, size: 0, index: 0 }
  const item = items[index]!
  const below = item.type === 'heading' || y >= start + size / 2
  const spot = spotAt(sections, item, below)
  const section = spot && sections[spot.section]
  if (!spot || !section) return null
  const [first] = carried
  const stays = !section.manual && first !== undefined && meant(first).every((task) => section.change(task) === null)
  return stays ? null : { ...spot, line: index + (below ? 1 : 0) }
}
