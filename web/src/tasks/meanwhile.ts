import type { Query, QueryClient } from '@tanstack/react-query'
import type { Task } from '@/api/types'
import { allTasks, type Pages } from './lists'
import { keys } from './queries'

type Known = ReadonlyMap<string, Task | null>

/** What becomes known of tasks while they are being read: the answer may be from before it. */
export class Meanwhile {
  private readonly reading = new Set<string>()
  private readonly heard = new Map<string, Task | null>()

  /** `answered` is told each answer, and what was heard since any of those that are on their way was asked for. */
  constructor(client: QueryClient, answered: (tasks: readonly Task[], heard: Known) => void) {
    client.getQueryCache().subscribe((event) => {
      const { query } = event
      if (query.queryKey[0] !== keys.lists[0]) return
      if (event.type === 'updated' && event.action.type === 'success' && !event.action.manual) answered(tasksOf(query), this.heard)
      if (event.type !== 'removed' && query.state.fetchStatus === 'fetching') this.reading.add(query.queryHash)
      else this.reading.delete(query.queryHash)
      if (this.reading.size === 0) this.heard.clear()
    })
  }

  /** `null`: gone for good. */
  hear(tasks: Known): void {
    if (this.reading.size > 0) for (const [id, task] of tasks) this.heard.set(id, task)
  }
}

function tasksOf({ queryKey, state }: Query): readonly Task[] {
  return queryKey[1] === keys.lists[1] ? allTasks(state.data as Pages) : [state.data as Task]
}
