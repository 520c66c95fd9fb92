'use client'

import { defaultRangeExtractor, useVirtualizer, type VirtualItem } from '@tanstack/react-virtual'
import { type ReactNode, type RefObject, useDeferredValue, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { Task } from '@/api/types'
import { Button } from '@/ui/button'
import { explain } from '@/ui/explain'
import { Boundary, later } from '@/ui/later'
import { useIsCoarse } from '@/ui/media'
import { useMessages } from '@/ui/messages'
import { useCounts } from '../board/names'
import { firstRect, laidAs, observeRect, useScrollAfter } from '../first/laid'
import { currentFirstLaid } from '../first/read'
import { useReader } from '../reader'
import type { Filters, View } from '../views'
import { WaitingMark } from '../waiting'
import { useWorkspace } from '../workspace'
import { useDragReady } from './drag-ready'
import { useTotal } from './everything'
import { Heading } from './heading'
import { useNamed } from './named'
import type { Reading } from './readings'
import { type RowParts, SELECTED, TaskRow } from './row'
import { useOrder, useRows } from './rows'
import { offsetOf, scrollerOf } from './scroller'
import { useSectionNames } from './section-names'
import type { Item, Section } from './sections'
import { TitleEditor } from './title-editor'

const Carrying = later(() => import('./carrying').then((file) => file.Carrying))

const ROW = 40
const HEADING = 48
const AHEAD = 40
const OVERSCAN = 10
const PARTS: RowParts = { WaitingMark, TitleEditor, hovers: true }
const TOUCHED: RowParts = { ...PARTS, hovers: false }

interface RowsProps {
  title: string
  view: View
  filters: Filters
  opened: string | null
  sections: readonly Section[]
  items: readonly Item[]
  reads: readonly Reading[]
  /** Told of a group that comes near. */
  approach: (key: string) => void
  fold: (key: string) => void
}

/** The rows in sight, each section of them a list with its heading before it. */
export function VirtualRows(props: RowsProps) {
  const { title, view, filters, opened, sections, items, reads, fold } = props
  const messages = useMessages()
  const reader = useReader()
  const named = useNamed(view)
  const nameOf = useSectionNames(view, filters, title)
  const countOf = useSectionCounts(view, filters)
  const parentOf = useParents(items)
  const list = useRef<HTMLDivElement>(null)
  const [laid] = useState(currentFirstLaid)
  const [initialRect] = useState(firstRect)
  const margin = useOffset(list, laid?.top)
  const scrollToFn = useScrollAfter(laid)
  const [held, setHeld] = useState<string | null>(null)
  const order = useOrder(items)
  const kept = useRef<readonly (string | null)[]>([])
  const draggable = useDragReady()
  const coarse = useIsCoarse()
  const shapes = useMemo(() => laidAs(laid, (index) => items[index]?.key ?? index, (index) => (items[index]?.type === 'heading' ? HEADING : ROW)), [items, laid])
  // The rows in sight come first.
  const overscan = useDeferredValue(OVERSCAN, 0)
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scrollerOf(list.current),
    initialRect,
    observeElementRect: observeRect,
    scrollToFn,
    ...shapes,
    overscan,
    scrollMargin: margin,
    scrollPaddingStart: 72,
    scrollPaddingEnd: 96,
    // A row that is held or focused stays in the page when it is scrolled out of sight.
    rangeExtractor: (range) => [...new Set([...defaultRangeExtractor(range), ...kept.current.flatMap((id) => order.itemOf.get(id ?? '') ?? [])])].sort((one, other) => one - other),
  })
  const rows = useRows({ items, order, sections, reads, total: useTotal(view, filters), nameOf: (section) => nameOf(section).name, list, scrollTo: (index) => virtual.scrollToIndex(index, { align: 'auto' }) })
  useLayoutEffect(() => {
    kept.current = [rows.cursor, held]
  })
  useFetching(props, virtual.range?.startIndex ?? 0, virtual.range?.endIndex ?? 0)
  const draw = (item: Item, section: Section) => {
    if (item.type === 'heading') return <Heading section={section} {...nameOf(section)} count={countOf(section)} fold={() => fold(section.key)} />
    if (item.type !== 'task') return <Rest failed={item.type === 'failed'} reading={reads[section.list]} />
    const { task } = item
    return (
      <TaskRow
        task={task}
        project={task.project_id && !section.key.startsWith('project:') ? (named.projects.get(task.project_id) ?? null) : null}
        labels={named.labelsOf(task)}
        parent={parentOf(task)}
        reader={reader}
        under={section.day}
        active={rows.active === task.id}
        opened={opened === task.id}
        selected={rows.selected.has(task.id)}
        editing={rows.editing === task.id}
        on={rows.on}
        parts={coarse ? TOUCHED : PARTS}
      />
    )
  }
  return (
    <>
      <div className="@container -mx-2 sm:mr-0 sm:-ml-7 lg:-ml-14">
        <div
          ref={list}
          className="group/list relative"
          data-some={rows.selected.size > 0 || undefined}
          data-selecting={rows.selecting || undefined}
          style={{ height: virtual.getTotalSize() }}
          {...rows.around}
        >
          {inSections(virtual.getVirtualItems(), items).map(([at, seen]) => (
            <InSection key={sections[at]!.key} section={sections[at]!} name={messages.views.list(nameOf(sections[at]!).name)} {...{ seen, items, margin, draw }} measure={virtual.measureElement} />
          ))}
          {draggable && (
            // A list that can't be sorted by hand for once is still a list.
            <Boundary failed={() => null}>
              <Carrying {...{ list, virtual, margin, items, sections, setHeld }} meant={rows.meant} put={rows.put} />
            </Boundary>
          )}
        </div>
      </div>
      <span id={SELECTED} hidden>
        {messages.task.isSelected}
      </span>
      <p role="status" className="sr-only">
        {rows.said}
      </p>
      <p role="status" className="sr-only">
        {rows.selected.size > 0 && messages.task.selected(rows.selected.size)}
      </p>
      {reads.at(-1)?.pages.isFetchingNextPage && <p className="py-3 text-center text-sm text-faint">{messages.views.loadingMore}</p>}
      {rows.bar}
    </>
  )
}

interface PartProps {
  section: Section
  name: string
  seen: readonly VirtualItem[]
  items: readonly Item[]
  margin: number
  measure: (node: Element | null) => void
  draw: (item: Item, section: Section) => ReactNode
}

/** What is in sight of one section: its heading stands before its list, not in it. */
function InSection({ section, name, seen, items, margin, measure, draw }: PartProps) {
  const placed = seen.map(({ index, start, key }) => {
    const given = { ref: measure, 'data-index': index, className: 'absolute inset-x-0 top-0', style: { transform: `translateY(${start - margin}px)` } }
    return { key, item: items[index]!, given }
  })
  const besides = placed.filter(({ item }) => item.type !== 'task')
  return (
    <>
      {besides.map(({ key, item, given }) => (
        <div key={key} {...given}>
          {draw(item, section)}
        </div>
      ))}
      {besides.length < placed.length && (
        <ul aria-label={name} className="absolute inset-x-0 top-0 h-px">
          {placed.map(
            ({ key, item, given }) =>
              item.type === 'task' && (
                <li key={key} {...given} aria-posinset={item.at + 1} aria-setsize={section.more ? -1 : section.tasks.length}>
                  {draw(item, section)}
                </li>
              ),
          )}
        </ul>
      )}
    </>
  )
}

function inSections(seen: readonly VirtualItem[], items: readonly Item[]): [number, VirtualItem[]][] {
  const parts = new Map<number, VirtualItem[]>()
  for (const one of seen) {
    const item = items[one.index]
    if (!item) continue
    const part = parts.get(item.section)
    if (part) part.push(one)
    else parts.set(item.section, [one])
  }
  return [...parts]
}

/** Instead of rows that are not there yet, or that could not be fetched. */
function Rest({ failed, reading }: { failed: boolean; reading: Reading | undefined }) {
  const messages = useMessages()
  if (!failed || !reading)
    return (
      <div role="status" aria-label={messages.shell.loading} className="flex h-10 items-center gap-3 px-2 sm:pl-8 lg:pl-15">
        <span className="breathe size-[1.125rem] shrink-0 rounded-full bg-line" />
        <span className="breathe h-3 w-2/5 rounded-full bg-line" />
      </div>
    )
  const { pages, tasks } = reading
  return (
    <p className="flex flex-wrap items-center justify-center gap-3 py-3 text-sm text-soft">
      {explain(pages.error, messages)}
      <Button size="sm" onClick={() => void (tasks.length > 0 ? pages.fetchNextPage() : pages.refetch())}>
        {messages.shell.retry}
      </Button>
    </p>
  )
}

/** How many a section has; "+" where more may be than are counted. */
function useSectionCounts(view: View, filters: Filters): (section: Section) => string {
  const { locale } = useReader()
  const counts = useCounts(view, filters)
  return ({ day, column, more, tasks }) => {
    const counted = day === null && more ? (counts?.(column) ?? null) : null
    return `${(counted ?? tasks.length).toLocaleString(locale)}${more && counted === null ? '+' : ''}`
  }
}

/** Parents as far as they are known; looked up once for each list. */
function useParents(items: readonly Item[]): (task: Task) => Task | undefined {
  const { edits } = useWorkspace()
  const known = useMemo(() => ({ items, parents: new Map<string, Task | undefined>() }), [items])
  return ({ parent_id: id }) => {
    if (id === null) return undefined
    if (!known.parents.has(id)) known.parents.set(id, edits.find(id))
    return known.parents.get(id)
  }
}

/** Reads on where the end of what is loaded comes near, and groups that were not read yet. */
function useFetching({ sections, items, reads, approach }: RowsProps, first: number, last: number): void {
  const ends = useMemo(() => {
    const found: number[] = []
    for (const [index, { section }] of items.entries()) found[section] = index
    return found
  }, [items])
  useEffect(() => {
    const to = items[Math.min(last + OVERSCAN, items.length - 1)]?.section ?? 0
    for (let at = items[first]?.section ?? 0; at <= to; at += 1) {
      const section = sections[at]
      if (!section) continue
      approach(section.key)
      const pages = reads[section.list]?.pages
      const wanted = section.more && !section.shut && last >= (ends[at] ?? 0) - AHEAD
      if (wanted && pages && !pages.isFetching && !pages.isError) void pages.fetchNextPage()
    }
  })
}

/** How far below the top of what scrolls the list begins; `known` is where the first sight of it began. */
function useOffset(list: RefObject<HTMLElement | null>, known: number | undefined): number {
  const [offset, setOffset] = useState(known ?? 0)
  useLayoutEffect(() => {
    const scroller = scrollerOf(list.current)
    if (!scroller) return
    const measure = () => setOffset(offsetOf(list.current!, scroller))
    if (known === undefined) measure()
    const watch = new ResizeObserver(measure)
    watch.observe(scroller)
    return () => watch.disconnect()
  }, [list, known])
  return offset
}
