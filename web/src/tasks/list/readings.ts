'use client'

import { InfiniteQueryObserver, type InfiniteQueryObserverResult, notifyManager, type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import type { Task, TaskPage } from '@/api/types'
import { allTasks, type ListQuery, type Pages } from '../lists'
import { listOptions } from '../queries'
import { useWorkspace } from '../workspace'
import type { Read } from './sections'

interface Asked {
  key: string
  query: ListQuery
  enabled: boolean
}

export interface Reading extends Read {
  pages: InfiniteQueryObserverResult<Pages>
}

type Observer = InfiniteQueryObserver<TaskPage, Error, Pages, readonly unknown[], string | null>
type Options = ConstructorParameters<typeof InfiniteQueryObserver<TaskPage, Error, Pages, readonly unknown[], string | null>>[1]

/** As many lists at once as are asked for: what `useInfiniteQuery` is to one. */
class Readings {
  private readonly observers = new Map<string, Observer>()
  private readonly watched = new Map<string, () => void>()
  private readonly listeners = new Set<() => void>()
  private turns = 0

  constructor(private readonly client: QueryClient) {}

  readonly turn = (): number => this.turns

  readonly listen = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => void this.listeners.delete(listener)
  }

  observer(key: string, options: Options): Observer {
    const known = this.observers.get(key) ?? new InfiniteQueryObserver(this.client, options)
    this.observers.set(key, known)
    return known
  }

  become(asked: readonly [string, Options][]): void {
    const keys = new Set(asked.map(([key]) => key))
    for (const key of [...this.watched.keys()]) if (!keys.has(key)) this.leave(key)
    for (const [key, options] of asked) {
      const observer = this.observer(key, options)
      observer.setOptions(options)
      if (!this.watched.has(key)) this.watched.set(key, observer.subscribe(this.told))
    }
  }

  close(): void {
    for (const key of [...this.watched.keys()]) this.leave(key)
  }

  private leave(key: string): void {
    this.watched.get(key)?.()
    this.watched.delete(key)
    this.observers.delete(key)
  }

  private readonly told = notifyManager.batchCalls(() => {
    this.turns += 1
    for (const listener of this.listeners) listener()
  })
}

/** The pages of several lists; those not enabled yet are shown as far as they are known. */
export function useReadings(asked: readonly Asked[]): readonly Reading[] {
  const client = useQueryClient()
  const { readAt } = useWorkspace()
  const [readings] = useState(() => new Readings(client))
  const options = useMemo(
    () =>
      asked.map(({ key, query, enabled }): [string, Options] => {
        const own = { ...listOptions(query, readAt), enabled, _optimisticResults: 'optimistic' as const }
        return [key, { ...client.defaultQueryOptions(own), ...own } as Options]
      }),
    [asked, client, readAt],
  )
  const turn = useSyncExternalStore(readings.listen, readings.turn, readings.turn)
  useEffect(() => readings.become(options), [readings, options])
  useEffect(() => () => readings.close(), [readings])
  const known = useState(() => new WeakMap<Pages, readonly Task[]>())[0]
  return useMemo(
    () =>
      options.map(([key, wanted]) => {
        const pages = readings.observer(key, wanted).getOptimisticResult(wanted as Parameters<Observer['getOptimisticResult']>[0])
        return { pages, tasks: tasksOf(pages.data, known), more: pages.hasNextPage, state: pages.isPending ? 'waiting' : pages.isError ? 'failed' : 'read' }
      }),
    // `turn`: something was heard since.
    // eslint-disable-next-line react-hooks/exhaustive-deps -- it is read by the observers, not by this function
    [options, readings, known, turn],
  )
}

const NONE: readonly Task[] = []

/** The same pages are the same list: nothing below is worked out again. */
function tasksOf(pages: Pages | undefined, known: WeakMap<Pages, readonly Task[]>): readonly Task[] {
  if (!pages) return NONE
  const tasks = known.get(pages) ?? allTasks(pages)
  known.set(pages, tasks)
  return tasks
}
