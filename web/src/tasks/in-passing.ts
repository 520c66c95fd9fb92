import type { QueryClient } from '@tanstack/react-query'
import { api, body } from '@/api/client'
import type { Made } from '@/api/outbox'
import type { Task } from '@/api/types'
import { allLoaded } from './edits'
import { keys } from './queries'

/** Projects and labels that are made on the way to something else: one undo takes back both, but not what others have come to use. */
export class InPassing {
  /** For an edit that is still to come. */
  private readonly made = new Map<string, Made>()

  constructor(private readonly client: QueryClient) {}

  note(made: Made): void {
    this.made.set(made.id, made)
  }

  /** What was made for an edit that names these: once. */
  claim(named: readonly string[]): Made[] {
    const claimed = named.flatMap((id) => this.made.get(id) ?? [])
    for (const { id } of claimed) this.made.delete(id)
    return claimed
  }

  /** The commits of what is for nothing but these tasks by now. */
  async onlyFor(ids: readonly string[], made: readonly Made[]): Promise<string[]> {
    const used = await Promise.all(made.map((one) => this.isSeenElsewhere(one, ids) || isUsedElsewhere(one, ids)))
    return made.flatMap(({ revision }, index) => (used[index] ? [] : [revision]))
  }

  /** Also what is not on the server yet is shown. */
  private isSeenElsewhere({ id }: Made, ids: readonly string[]): boolean {
    const ones = this.client.getQueriesData<Task>({ queryKey: keys.tasks }).map(([, task]) => task)
    return [...ones, ...allLoaded(this.client)].some((task) => task && !task.deleted_at && !ids.includes(task.id) && (task.project_id === id || task.label_ids.includes(id)))
  }
}

/** Where nobody can say, it may be. */
async function isUsedElsewhere({ kind, id }: Made, ids: readonly string[]): Promise<boolean> {
  const query = kind === 'projects' ? { project_id: id } : { label_id: id }
  try {
    const { items, next_cursor } = await body(api.GET('/api/tasks', { params: { query: { ...query, limit: 200 } } }))
    return next_cursor !== null || items.some((task) => !ids.includes(task.id))
  } catch {
    return true
  }
}
