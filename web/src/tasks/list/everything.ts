'use client'

import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { explain } from '@/ui/explain'
import { currentMessages } from '@/ui/messages'
import { toast } from '@/ui/toast'
import { groupingOf } from '../board/columns'
import { allTasks } from '../lists'
import { statsOf } from '../queries'
import { type Filters, isNarrowed, type View } from '../views'
import type { Reading } from './readings'

/** As many as are changed together: a request, and a step of their undo, for every 500. */
const MOST = 10_000

/** All that a list holds, also where it is not read to its end yet. */
export interface Everything {
  /** How many that is, where it is known, and no more than can be selected; `capped`: there are more. */
  count: number | null
  capped: boolean
  more: boolean
  /** While it is read to its end: how far. */
  read: number | null
  choose: () => void
}

/** `wanted`: as long as something is selected. */
export function useEverything(reads: readonly Reading[], total: number | null, wanted: boolean, choose: (ids: readonly string[]) => void): Everything {
  const [reading, setReading] = useState(false)
  const stop = useRef<AbortController | null>(null)
  useEffect(() => (wanted ? undefined : stop.current?.abort()), [wanted])
  useEffect(() => () => stop.current?.abort(), [])
  const begin = async () => {
    const { signal } = (stop.current = new AbortController())
    setReading(true)
    try {
      const ids = await readAll(reads, signal)
      if (!signal.aborted) choose(ids)
    } catch (error) {
      toast(explain(error, currentMessages()), { tone: 'problem' })
    }
    setReading(false)
  }
  const read = reading ? reads.reduce((sum, { tasks }) => sum + tasks.length, 0) : null
  return { count: total && Math.min(total, MOST), capped: total !== null && total > MOST, more: reads.some(({ more }) => more), read, choose: () => void begin() }
}

async function readAll(reads: readonly Reading[], signal: AbortSignal): Promise<string[]> {
  const ids: string[] = []
  for (const { pages } of reads) {
    let read = pages
    const those = () => allTasks(read.data).map(({ id }) => id)
    while (!signal.aborted && (read.hasNextPage || read.isPending) && ids.length + those().length < MOST) {
      read = await read.fetchNextPage({ cancelRefetch: false })
      if (read.error) throw read.error
    }
    ids.push(...those())
  }
  return ids.slice(0, MOST)
}

/** How many a list holds, where the server has counted exactly that. */
export function useTotal(view: View, filters: Filters): number | null {
  const counted = (view.kind === 'inbox' || view.kind === 'all' || view.kind === 'project') && !isNarrowed(filters) && groupingOf(view, filters) === null
  const { data } = useQuery({ ...statsOf(view.kind === 'project' ? view.id : null), enabled: counted })
  if (!counted || !data) return null
  return view.kind === 'inbox' ? data.inbox : data.open
}
