'use client'

import { draggable, dropTargetForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter'
import { useInfiniteQuery } from '@tanstack/react-query'
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, type RefObject, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import type { Label, Project, Task } from '@/api/types'
import { Button } from '@/ui/button'
import { cx } from '@/ui/cx'
import { explain } from '@/ui/explain'
import { useMessages } from '@/ui/messages'
import type { RowHandlers } from '../list/row'
import { allTasks } from '../lists'
import { firstRect, laidAs, observeRect, useScrollAfter } from '../first/laid'
import { currentFirstLaid } from '../first/read'
import { openOverlay } from '../overlays'
import { listOptions } from '../queries'
import { useReader } from '../reader'
import { useWorkspace } from '../workspace'
import { TitleEditor } from '../list/title-editor'
import { WaitingMark } from '../waiting'
import { Card, type CardParts } from './card'
import type { Column as Shape } from './columns'
import type { Hovered } from './dragging'
import { ABOVE, boardClass, ColumnHead, GAP, NoCards } from './frame'

/** What the board knows of a column that is on the page. */
export interface Standing {
  column: Shape
  name: string
  scroller: HTMLElement | null
  scrollTo: (index: number) => void
}

export interface CardState {
  active: string | null
  opened: string | null
  editing: string | null
  dragged: string | null
  selected: ReadonlySet<string>
  on: RowHandlers
}

interface ColumnProps {
  column: Shape
  name: string
  mark: ReactNode
  /** How many there are, where the server counts them; the loaded ones otherwise. */
  counted: number | null
  board: RefObject<HTMLElement | null>
  standings: RefObject<Map<string, Standing>>
  hovered: RefObject<Hovered | null>
  cards: CardState
  named: { projects: ReadonlyMap<string, Project>; labelsOf: (task: Task) => readonly Label[] }
  drop: (id: string, column: Shape, index: number) => void
  /** Told after its tasks have become others. */
  changed: () => void
}

const PARTS: CardParts = {
  WaitingMark,
  TitleEditor,
  carry: (element, task, column, on) => draggable({ element, getInitialData: () => ({ task, column, tasks: on.meant(task) }) }),
}
const CARD = 78
const AHEAD = 15
const OVERSCAN = 5

/** One column: its own list, scrolled by itself, with only the cards in sight in the page. */
export function Column({ column, name, mark, counted, board, standings, hovered, cards, named, drop, changed }: ColumnProps) {
  const messages = useMessages()
  const { board: words, shell } = messages
  const reader = useReader()
  const { readAt } = useWorkspace()
  const scroller = useRef<HTMLDivElement>(null)
  const near = useNear(scroller, board)
  const pages = useInfiniteQuery({ ...listOptions(column.query, readAt), enabled: near })
  const tasks = useMemo(() => allTasks(pages.data), [pages.data])
  const { hasNextPage, isFetching, isError, fetchNextPage } = pages
  const kept = tasks.findIndex(({ id }) => id === cards.dragged)
  const active = tasks.findIndex(({ id }) => id === cards.active)
  const [laid] = useState(currentFirstLaid)
  const [initialRect] = useState(firstRect)
  const scrollToFn = useScrollAfter(laid)
  // The cards in sight come first.
  const overscan = useDeferredValue(tasks.length > 0 ? OVERSCAN : 0, 0)
  const shapes = useMemo(() => laidAs(laid, (index) => tasks[index]?.id ?? index, () => CARD), [tasks, laid])
  const virtual = useVirtualizer({
    count: tasks.length,
    getScrollElement: () => scroller.current,
    initialRect,
    observeElementRect: observeRect,
    scrollToFn,
    ...shapes,
    gap: GAP,
    overscan,
    paddingStart: ABOVE,
    paddingEnd: GAP,
    scrollPaddingStart: 8,
    scrollPaddingEnd: 8,
    // A card that is held or focused stays in the page when it is scrolled out of sight.
    rangeExtractor: (range) => [...new Set([...defaultRangeExtractor(range), ...[kept, active].filter((index) => index >= 0)])].sort((one, other) => one - other),
  })
  const seen = virtual.getVirtualItems()
  // Each column is one stop of the Tab key: its active card, else the first in sight.
  const stop = active >= 0 ? cards.active : tasks[virtual.range?.startIndex ?? 0]?.id
  const last = virtual.range?.endIndex ?? 0
  useEffect(() => {
    if (near && hasNextPage && !isFetching && !isError && last >= tasks.length - AHEAD) void fetchNextPage()
  })
  useEffect(() => {
    const all = standings.current
    all.set(column.key, { column, name, scroller: scroller.current, scrollTo: (index) => virtual.scrollToIndex(index, { align: 'auto' }) })
    return () => void all.delete(column.key)
  })
  useEffect(changed, [tasks, changed])
  const aim = useDrop({ column, tasks, scroller, virtual, hovered, drop })
  // The server's count lags a moment behind; where all are here, they are the count.
  const count = hasNextPage ? (counted ?? tasks.length) : tasks.length
  const shown = `${count.toLocaleString(reader.locale)}${counted === null && hasNextPage ? '+' : ''}`
  const marker = aim !== null && column.manual ? Math.max(markerAt(virtual, aim), 1) : null
  return (
    <section
      aria-label={words.column(name, shown)}
      className={cx(boardClass.column, aim !== null && 'outline-2 -outline-offset-2 outline-accent/60')}
    >
      <ColumnHead {...{ name, mark }} count={pages.isPending ? '' : shown} add={() => openOverlay({ type: 'add', starter: column.starter })} />
      <div ref={scroller} className="relative min-h-0 flex-1 overflow-y-auto overscroll-y-contain px-2 pb-2">
        {pages.isPending ? (
          near && <Waiting name={shell.loading} />
        ) : isError && tasks.length === 0 ? (
          <div className="px-2 py-6 text-center text-sm text-soft">
            <p className="mb-3">{explain(pages.error, messages)}</p>
            <Button size="sm" onClick={() => void pages.refetch()}>
              {shell.retry}
            </Button>
          </div>
        ) : tasks.length === 0 && !hasNextPage ? (
          <NoCards />
        ) : (
          <ul aria-label={name} className="relative" style={{ height: virtual.getTotalSize() }}>
            {seen.map(({ index, start, key }) => {
              const task = tasks[index]
              return (
                task && (
                  <li key={key} ref={virtual.measureElement} data-index={index} className="absolute inset-x-0 top-0" style={{ transform: `translateY(${start}px)` }}>
                    <Card
                      task={task}
                      column={column.key}
                      project={task.project_id ? (named.projects.get(task.project_id) ?? null) : null}
                      labels={named.labelsOf(task)}
                      reader={reader}
                      active={stop === task.id}
                      opened={cards.opened === task.id}
                      selected={cards.selected.has(task.id)}
                      editing={cards.editing === task.id}
                      dragged={cards.dragged === task.id}
                      on={cards.on}
                      parts={PARTS}
                    />
                  </li>
                )
              )
            })}
          </ul>
        )}
        {marker !== null && <span aria-hidden className="pointer-events-none absolute inset-x-2 top-0 z-10 -mt-px h-0.5 rounded-full bg-accent" style={{ transform: `translateY(${marker}px)` }} />}
      </div>
    </section>
  )
}

type Virtual = ReturnType<typeof useVirtualizer<HTMLDivElement, Element>>

/** Where in the column a card would go that is held at this height. */
function indexAt(virtual: Virtual, count: number, y: number): number {
  const item = count > 0 ? virtual.getVirtualItemForOffset(y) : undefined
  if (!item) return 0
  return y < item.start + item.size / 2 ? item.index : item.index + 1
}

/** The height of the gap before the card at that index. */
function markerAt(virtual: Virtual, index: number): number {
  const next = virtual.measurementsCache[index]
  const before = virtual.measurementsCache[index - 1]
  return next ? next.start - GAP / 2 : before ? before.end + GAP / 2 : 0
}

interface Dropping {
  column: Shape
  tasks: readonly Task[]
  scroller: RefObject<HTMLDivElement | null>
  virtual: Virtual
  hovered: RefObject<Hovered | null>
  drop: ColumnProps['drop']
}

/** The index at which a held card would be put; null while none is held over the column. */
function useDrop(given: Dropping): number | null {
  const [aim, setAim] = useState<number | null>(null)
  const latest = useRef(given)
  useEffect(() => {
    latest.current = given
  })
  useEffect(() => {
    const element = latest.current.scroller.current?.parentElement
    if (!element) return
    const place = (clientY: number) => {
      const { virtual, tasks, scroller } = latest.current
      const inside = scroller.current
      return inside ? indexAt(virtual, tasks.length, clientY - inside.getBoundingClientRect().top + inside.scrollTop) : 0
    }
    const leave = () => {
      setAim(null)
      const { hovered, scroller } = latest.current
      if (hovered.current?.scroller === scroller.current) hovered.current = null
    }
    return dropTargetForElements({
      element,
      canDrop: ({ source }) => typeof source.data.task === 'string',
      onDragEnter: () => {
        const { hovered, scroller } = latest.current
        if (scroller.current) hovered.current = { scroller: scroller.current, aim: (y) => setAim(place(y)) }
      },
      onDrag: ({ location }) => setAim(place(location.current.input.clientY)),
      onDragLeave: leave,
      onDrop: ({ source, location }) => {
        leave()
        latest.current.drop(source.data.task as string, latest.current.column, place(location.current.input.clientY))
      },
    })
  }, [])
  return aim
}

/** True from when the column first comes near the visible part of the board: before that it asks for nothing. */
function useNear(column: RefObject<HTMLElement | null>, board: RefObject<HTMLElement | null>): boolean {
  const [near, setNear] = useState(false)
  useEffect(() => {
    if (near || !column.current) return
    const watch = new IntersectionObserver((entries) => entries.some(({ isIntersecting }) => isIntersecting) && setNear(true), { root: board.current, rootMargin: '0px 50%' })
    watch.observe(column.current)
    return () => watch.disconnect()
  }, [near, column, board])
  return near
}

function Waiting({ name }: { name: string }) {
  return (
    <div role="status" aria-label={name} className="flex flex-col gap-2 pt-0.5">
      {[0, 1, 2].map((card) => (
        <span key={card} className="breathe h-18 rounded-md bg-line" style={{ opacity: 0.7 - card * 0.2 }} />
      ))}
    </div>
  )
}
