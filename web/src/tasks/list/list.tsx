'use client'

import { useInfiniteQuery } from '@tanstack/react-query'
import { useVirtualizer } from '@tanstack/react-virtual'
import { Plus } from 'lucide-react'
import { type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { Label, Project, Task } from '@/api/types'
import { Button } from '@/ui/button'
import { Empty } from '@/ui/empty'
import { explain } from '@/ui/explain'
import { useMessages } from '@/ui/messages'
import { sayDay } from '../dates'
import { allTasks, type ListQuery } from '../lists'
import { openOverlay } from '../overlays'
import { listOptions } from '../queries'
import { currentStarter } from '../shell/shown'
import { type Item, itemsOf, type View } from '../views'
import { useLabels, useProjects, useReader, useWorkspace } from '../workspace'
import { TaskRow } from './row'
import { useRows } from './rows'

interface ListProps {
  title: string
  view: View
  query: ListQuery
  opened: string | null
  narrowed: boolean
  clear: () => void
  scroller: HTMLElement | null
}

const ROW = 40
const HEADING = 48
const AHEAD = 30

/** The tasks of one view: only those in sight are in the page, more are fetched as they come near. */
export function TaskList({ title, view, query, opened, narrowed, clear, scroller }: ListProps) {
  const messages = useMessages()
  const { readAt } = useWorkspace()
  const reader = useReader()
  const pages = useInfiniteQuery(listOptions(query, readAt))
  const tasks = useMemo(() => allTasks(pages.data), [pages.data])
  const items = useMemo(() => itemsOf(tasks, view, query, reader.day, reader.zone), [tasks, view, query, reader.day, reader.zone])

  if (pages.isPending) return <Skeleton />
  if (pages.isError && tasks.length === 0)
    return (
      <Empty title={messages.views.failed} text={explain(pages.error, messages)}>
        <Button onClick={() => void pages.refetch()}>{messages.shell.retry}</Button>
      </Empty>
    )
  if (tasks.length === 0 && !pages.hasNextPage) return <NothingHere view={view} narrowed={narrowed} clear={clear} />
  return (
    <VirtualRows
      key={JSON.stringify(query)}
      {...{ title, view, items, tasks, opened, scroller }}
      more={pages.hasNextPage}
      fetching={pages.isFetchingNextPage}
      fetchMore={() => void pages.fetchNextPage()}
      failed={pages.isFetchNextPageError}
    />
  )
}

interface RowsProps extends Pick<ListProps, 'title' | 'view' | 'opened' | 'scroller'> {
  items: Item[]
  tasks: Task[]
  more: boolean
  fetching: boolean
  failed: boolean
  fetchMore: () => void
}

function VirtualRows({ title, items, tasks, opened, scroller, more, fetching, failed, fetchMore }: RowsProps) {
  const messages = useMessages()
  const reader = useReader()
  const named = useNamed()
  const { edits } = useWorkspace()
  const list = useRef<HTMLUListElement>(null)
  const margin = useOffset(list, scroller)
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller,
    estimateSize: (index) => (items[index]?.type === 'day' ? HEADING : ROW),
    getItemKey: (index) => items[index]?.key ?? index,
    overscan: 10,
    scrollMargin: margin,
    scrollPaddingStart: 72,
    scrollPaddingEnd: 96,
  })
  const rows = useRows({ items, tasks, list, scrollTo: (index) => virtual.scrollToIndex(index, { align: 'auto' }) })
  const seen = virtual.getVirtualItems()
  const last = seen.at(-1)?.index ?? 0
  useEffect(() => {
    if (more && !fetching && !failed && last >= items.length - AHEAD) fetchMore()
  })
  let under: string | null = null
  const headings = new Map<number, string | null>()
  const first = seen[0]?.index ?? 0
  for (let index = first; index >= 0; index -= 1) {
    const item = items[index]
    if (item?.type === 'day') {
      under = item.day
      break
    }
  }
  for (const { index } of seen) {
    const item = items[index]
    if (item?.type === 'day') under = item.day
    headings.set(index, under)
  }
  return (
    <>
      <div className="@container -mx-2 sm:mr-0 sm:-ml-7">
      <ul ref={list} aria-label={messages.views.list(title)} className="relative" style={{ height: virtual.getTotalSize() }}>
        {seen.map(({ index, start, key }) => {
          const item = items[index]
          if (!item) return null
          return (
            <li
              key={key}
              ref={virtual.measureElement}
              data-index={index}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${start - margin}px)` }}
            >
              {item.type === 'day' ? (
                <DayHeading day={item.day} />
              ) : (
                <TaskRow
                  task={item.task}
                  project={item.task.project_id ? (named.projects.get(item.task.project_id) ?? null) : null}
                  labels={named.labelsOf(item.task)}
                  parent={item.task.parent_id ? edits.find(item.task.parent_id) : undefined}
                  reader={reader}
                  under={headings.get(index) ?? null}
                  active={rows.active === item.task.id}
                  opened={opened === item.task.id}
                  selected={rows.selected.has(item.task.id)}
                  editing={rows.editing === item.task.id}
                  on={rows.on}
                />
              )}
            </li>
          )
        })}
      </ul>
      </div>
      {fetching && <p className="py-3 text-center text-sm text-faint">{messages.views.loadingMore}</p>}
      {failed && (
        <p className="py-3 text-center">
          <Button size="sm" onClick={fetchMore}>
            {messages.shell.retry}
          </Button>
        </p>
      )}
      {rows.bar}
    </>
  )
}

function DayHeading({ day }: { day: string }) {
  const { views, days } = useMessages()
  const reader = useReader()
  const late = day === 'overdue'
  const date = late ? '' : new Intl.DateTimeFormat(reader.locale, { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`))
  const name = late ? views.overdue : sayDay(day, reader.day, reader.locale, days)
  return (
    <h2 className="flex h-12 items-end gap-2 border-b border-line pb-2 text-sm font-semibold max-sm:mx-2 sm:ml-7">
      <span className={late ? 'text-danger' : 'text-ink'}>{name}</span>
      {!late && <span className="font-normal text-faint">{date}</span>}
    </h2>
  )
}

const NO_LABELS: readonly Label[] = []

/** Projects and labels as the tasks in sight need them. */
export function useNamed() {
  const projects = useProjects()
  const labels = useLabels()
  return useMemo(() => {
    const byId = new Map(labels.map((label) => [label.id, label]))
    const found = new WeakMap<readonly string[], readonly Label[]>()
    const labelsOf = (task: Task): readonly Label[] => {
      if (task.label_ids.length === 0) return NO_LABELS
      const known = found.get(task.label_ids) ?? task.label_ids.flatMap((id) => byId.get(id) ?? [])
      found.set(task.label_ids, known)
      return known
    }
    return { projects: new Map<string, Project>(projects.map((project) => [project.id, project])), labelsOf }
  }, [projects, labels])
}

function useOffset(list: RefObject<HTMLElement | null>, scroller: HTMLElement | null): number {
  const [offset, setOffset] = useState(0)
  useLayoutEffect(() => {
    const measure = () => {
      if (!list.current || !scroller) return
      setOffset(Math.round(list.current.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop))
    }
    measure()
    const watch = new ResizeObserver(measure)
    if (scroller) watch.observe(scroller)
    return () => watch.disconnect()
  }, [list, scroller])
  return offset
}

export function Skeleton() {
  const { shell } = useMessages()
  return (
    <div role="status" aria-label={shell.loading} className="pt-1">
      {[62, 48, 71, 39, 56, 44].map((width, index) => (
        <div key={width} className="flex h-10 items-center gap-3 px-2" style={{ opacity: 1 - index * 0.14 }}>
          <span className="breathe size-[1.125rem] shrink-0 rounded-full bg-line" />
          <span className="breathe h-3 rounded-full bg-line" style={{ width: `${width}%` }} />
        </div>
      ))}
    </div>
  )
}

function NothingHere({ view, narrowed, clear }: Pick<ListProps, 'view' | 'narrowed' | 'clear'>) {
  const { views, shell } = useMessages()
  if (narrowed)
    return (
      <Empty {...views.empty.filtered}>
        <Button onClick={clear}>{views.clearFilters}</Button>
      </Empty>
    )
  return (
    <Empty {...views.empty[view.kind]}>
      <Button onClick={() => openOverlay({ type: 'add', starter: currentStarter() })}>
        <Plus size={16} aria-hidden />
        {shell.add}
      </Button>
    </Empty>
  )
}
