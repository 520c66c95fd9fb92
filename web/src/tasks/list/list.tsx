'use client'

import { Plus } from 'lucide-react'
import { useCallback, useDeferredValue, useMemo, useState } from 'react'
import { Button } from '@/ui/button'
import { Empty } from '@/ui/empty'
import { explain } from '@/ui/explain'
import { useMessages } from '@/ui/messages'
import { Skeleton } from '@/ui/page'
import { columnsOf } from '../board/columns'
import { openOverlay } from '../overlays'
import { useReader } from '../reader'
import { currentStarter } from '../shell/shown'
import { type Filters, isNarrowed, UNFILTERED, type View } from '../views'
import { useAreNamesRead, useProjects } from '../workspace'
import { useReadings } from './readings'
import { itemsOf, sectionsOf } from './sections'
import { VirtualRows } from './virtual-rows'

interface ListProps {
  title: string
  view: View
  filters: Filters
  change: (next: Partial<Filters>) => void
  opened: string | null
}

/** Groups that are read at once; the others when they come near. */
const AT_ONCE = 6
const NOTHING: ReadonlySet<string> = new Set()

/** The tasks of one view, cut into groups or days or not: only those in sight are in the page, more are fetched as they come near. */
export function TaskList({ title, view, filters, change, opened }: ListProps) {
  const messages = useMessages()
  const { day, zone } = useReader()
  const projects = useProjects()
  const named = useAreNamesRead()
  const [shut, setShut] = useState(NOTHING)
  const [near, setNear] = useState(NOTHING)
  const columns = useMemo(() => columnsOf(view, filters, day, projects), [view, filters, day, projects])
  const asked = useMemo(() => columns.map(({ key, query }, at) => ({ key, query, enabled: at < AT_ONCE || near.has(key) })), [columns, near])
  const reads = useReadings(asked)
  const sections = useMemo(() => sectionsOf(view, columns, reads, { day, zone }, shut), [columns, reads, view, day, zone, shut])
  const items = useMemo(() => itemsOf(sections, reads), [sections, reads])
  const approach = useCallback((key: string) => setNear((now) => (now.has(key) ? now : new Set([...now, key]))), [])
  const fold = useCallback((key: string) => setShut((now) => new Set(now.has(key) ? [...now].filter((other) => other !== key) : [...now, key])), [])

  const [first] = reads
  const waiting = !named || reads.every(({ state }) => state === 'waiting')
  // Deferred: many rows at once are drawn in small pieces, between which the browser can do other things.
  const wasWaiting = useDeferredValue(waiting)
  if (waiting || wasWaiting) return <Skeleton />
  if (reads.length === 1 && first?.state === 'failed' && first.tasks.length === 0)
    return (
      <Empty title={messages.views.failed} text={explain(first.pages.error, messages)}>
        <Button onClick={() => void first.pages.refetch()}>{messages.shell.retry}</Button>
      </Empty>
    )
  if (reads.every(({ tasks, more, state }) => tasks.length === 0 && !more && state === 'read')) return <NothingHere view={view} narrowed={isNarrowed(filters)} clear={() => change(UNFILTERED)} />
  return <VirtualRows key={JSON.stringify([columns[0]?.query, filters.by])} {...{ title, view, filters, sections, items, reads, opened, approach, fold }} />
}

function NothingHere({ view, narrowed, clear }: { view: View; narrowed: boolean; clear: () => void }) {
  const { views, shell } = useMessages()
  if (narrowed)
    return (
      <Empty {...views.empty.filtered}>
        <Button onClick={clear}>{views.clearFilters}</Button>
      </Empty>
    )
  return (
    <Empty {...views.empty[view.kind]}>
      <Button look="primary" onClick={() => openOverlay({ type: 'add', starter: currentStarter() })}>
        <Plus size={16} aria-hidden />
        {shell.add}
      </Button>
    </Empty>
  )
}
