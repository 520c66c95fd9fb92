import { api, persistently, written } from '@/api/client'
import { newId } from '@/api/ids'
import type { Task, TaskPatch } from '@/api/types'

/** What one request may do to many tasks; labels are given and taken one by one there. */
export type BatchPatch = TaskPatch & { add_label_ids?: string[]; remove_label_ids?: string[] }

export type Operation = { op: 'patch'; id: string; task: BatchPatch } | { op: 'delete'; id: string }

/** The commits that were made, oldest first, and how many tasks were left as they were. */
export interface Batched {
  revisions: string[]
  refused: number
  /** What was not even tried after some was done, and why. */
  undone?: { ids: string[]; error: unknown }
  /** Where it may not be on the server yet: takes it back by itself, or tells the commits to take back. */
  takeBack?: () => Promise<readonly string[] | null>
}

interface Sent {
  results: { id: string | null; status: number; task?: Task | null }[]
  revisions: string[]
  /** Why what has no result was not sent; null when everything has one. */
  error: unknown
}

const AT_ONCE = 500

/** A request for every 500, one after the other; the first that fails is the last. */
export async function sendBatch(operations: readonly Operation[]): Promise<Sent> {
  const sent: Sent = { results: [], revisions: [], error: null }
  for (let start = 0; start < operations.length; start += AT_ONCE) {
    const header = { 'Idempotency-Key': newId() }
    const some = operations.slice(start, start + AT_ONCE)
    try {
      const { data, revision } = await persistently(() => written(api.POST('/api/tasks/batch', { params: { header }, body: { operations: some } })))
      sent.results.push(...data.results)
      sent.revisions.push(revision || data.revision)
    } catch (error) {
      return { ...sent, error }
    }
  }
  return sent
}
