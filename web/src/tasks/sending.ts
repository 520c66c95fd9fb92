import type { QueryClient } from '@tanstack/react-query'
import { api, body, written } from '@/api/client'
import { type Delivery, type Draft, type Entry, type Made, type Named, type Rename, renamed, type Refusal } from '@/api/outbox'
import { ApiError, offline } from '@/api/problem'
import type { Label, Problem, Project, Task } from '@/api/types'
import { keys } from './queries'

const AT_ONCE = 500
/** A connection that says nothing for so long is none. */
const PATIENCE = 20_000

type Kind = 'labels' | 'projects'

/** Sends what was captured. What is there already under its own id or key arrived before, and that is success. */
export async function post(client: QueryClient, entry: Entry, rename: (ids: Rename) => Promise<void>): Promise<Delivery> {
  if (entry.withdrawn) return takeBack(entry)
  const ids = new Map<string, string>()
  const made: Made[] = []
  for (const kind of ['projects', 'labels'] as const) {
    for (const named of entry[kind]) {
      const { id, revision } = await make(client, kind, named)
      if (id !== named.id) ids.set(named.id, id)
      if (revision) made.push({ kind, id, revision })
    }
  }
  if (ids.size > 0) await rename(ids)
  const { key, drafts } = renamed(entry, ids)
  const [only] = drafts
  return { ...(await (only && drafts.length === 1 ? postOne(key, only) : postMany(key, drafts))), made }
}

export function errorOf({ status, code, detail }: Refusal): ApiError {
  return new ApiError(status, code, { detail })
}

async function postOne(key: string, draft: Draft): Promise<Delivery> {
  try {
    const { data, revision } = await answered((signal) => written(api.POST('/api/tasks', { params: { header: { 'Idempotency-Key': key } }, body: draft, signal })))
    return { tasks: [data], revisions: [revision], refused: null }
  } catch (error) {
    if (!isThere(error)) throw error
    return { tasks: [await read(draft.id)], revisions: [], refused: null }
  }
}

/** Parents before their subtasks; a commit for every 500. */
async function postMany(key: string, drafts: readonly Draft[]): Promise<Delivery> {
  const tasks: Task[] = []
  const revisions: string[] = []
  const refusals = new Map<string, Refusal>()
  for (let start = 0; start < drafts.length; start += AT_ONCE) {
    const operations = drafts.slice(start, start + AT_ONCE).map((task) => ({ op: 'create' as const, task }))
    const params = { header: { 'Idempotency-Key': `${key}:${start}` } }
    const { data, revision } = await answered((signal) => written(api.POST('/api/tasks/batch', { params, body: { operations }, signal })))
    revisions.push(revision || data.revision)
    for (const [index, { task, status, problem }] of data.results.entries()) {
      const { id } = drafts[start + index]!
      const { code = '', detail, title } = (problem ?? {}) as Partial<Problem>
      if (task) tasks.push(task)
      else if (code === 'exists') tasks.push(await read(id))
      else refusals.set(id, { status, code, detail: detail ?? title ?? '' })
    }
  }
  const [refusal] = refusals.values()
  return { tasks, revisions, refused: refusal ? { ids: new Set(refusals.keys()), refusal } : null }
}

/** It may have arrived before it was taken back: then it goes to the trash. */
async function takeBack({ key, drafts }: Entry): Promise<Delivery> {
  for (let start = 0; start < drafts.length; start += AT_ONCE) {
    const operations = drafts.slice(start, start + AT_ONCE).map(({ id }) => ({ op: 'delete' as const, id }))
    const params = { header: { 'Idempotency-Key': `${key}:back:${start}` } }
    await answered((signal) => written(api.POST('/api/tasks/batch', { params, body: { operations }, signal })))
  }
  return { tasks: [], revisions: [], refused: null }
}

/** Answers the id that the name has from now on: somebody may have been faster. */
async function make(client: QueryClient, kind: Kind, named: Named): Promise<{ id: string; revision?: string }> {
  const params = { header: { 'Idempotency-Key': named.id } }
  const request = (signal: AbortSignal): Promise<{ data: Label | Project; revision: string }> =>
    kind === 'labels' ? written(api.POST('/api/labels', { params, body: named, signal })) : written(api.POST('/api/projects', { params, body: named, signal }))
  try {
    const { data: item, revision } = await answered(request)
    client.setQueryData<(Label | Project)[]>(keys[kind], (items) => items && [...items.filter(({ id }) => id !== item.id), item])
    return { id: item.id, revision }
  } catch (error) {
    if (isThere(error)) return { id: named.id }
    if (!(error instanceof ApiError && error.code === 'name_taken')) throw error
    await client.refetchQueries({ queryKey: keys[kind] })
    const same = (item: Label | Project) => item.id !== named.id && item.name.toLowerCase() === named.name.toLowerCase()
    const found = client.getQueryData<(Label | Project)[]>(keys[kind])?.find(same)
    if (!found) throw error
    return { id: found.id }
  }
}

function isThere(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'exists'
}

const read = (id: string): Promise<Task> => answered((signal) => body(api.GET('/api/tasks/{id}', { params: { path: { id } }, signal })))

async function answered<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
  try {
    return await ask(AbortSignal.timeout(PATIENCE))
  } catch (error) {
    if (error instanceof DOMException && error.name === 'TimeoutError') throw offline()
    throw error
  }
}
