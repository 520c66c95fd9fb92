import type { QueryClient } from '@tanstack/react-query'
import { api, body, persistently, written } from '@/api/client'
import { newId } from '@/api/ids'
import type { Happening } from '@/api/live'
import { ApiError } from '@/api/problem'
import type { Change, NewTask, Task, TaskPatch } from '@/api/types'
import { type Batched, type BatchPatch, type Operation, sendBatch } from './batch'
import { applyNamed, learn } from './changes'
import { allTasks, type ListQuery, type Pages, type Viewer, withTasks } from './lists'
import { Meanwhile } from './meanwhile'
import { LAST, positionOf } from './places'
import { isSearch, keys } from './queries'

interface Pending {
  overlay: Partial<Task>
}

/** Somebody else wrote the same fields first; `current` is what they left, `mine` what was to be written. */
export class Overtaken extends Error {
  constructor(
    readonly current: Task,
    readonly mine: TaskPatch,
  ) {
    super('overtaken')
  }
}

const ASK_AT_MOST = 20
const COUNT_AFTER = 1_500
const SEARCH_AFTER = 400

/**
 * Every write to a task goes through here. It shows at once, as an overlay on what the server last confirmed;
 * one task's writes go out one after the other, and when one fails its overlay goes and the rest stays.
 */
export class TaskEdits {
  private readonly pending = new Map<string, Pending[]>()
  private readonly confirmed = new Map<string, Task>()
  private readonly queues = new Map<string, Promise<unknown>>()
  private readonly lingering = new Set<string>()
  private lingerTimer: ReturnType<typeof setTimeout> | undefined
  private countsTimer: ReturnType<typeof setTimeout> | undefined
  private searchTimer: ReturnType<typeof setTimeout> | undefined
  /** The tasks of all loaded lists, made when one is looked for after a list changed. */
  private listed: Map<string, Task> | null = null
  private readonly meanwhile: Meanwhile

  constructor(
    private readonly client: QueryClient,
    private zone: string,
  ) {
    this.meanwhile = new Meanwhile(client, (tasks, heard) => this.answered(tasks, heard))
    client.getQueryCache().subscribe(({ query: { queryKey } }) => {
      if (queryKey[0] === keys.lists[0] && queryKey[1] === keys.lists[1]) this.listed = null
    })
  }

  /** An answer knows nothing of what is not saved yet, and may be older than what was heard since it was asked for. */
  private answered(tasks: readonly Task[], heard: ReadonlyMap<string, Task | null>): void {
    const unsaved = [...this.pending.keys()]
    const answers = new Map(tasks.map((task) => [task.id, task]))
    this.settle(tasks.filter(({ id }) => this.pending.has(id)))
    this.reshow(unsaved)
    const newer = [...heard].filter(([id, task]) => !this.pending.has(id) && (task?.version ?? Infinity) > (answers.get(id)?.version ?? 0))
    if (newer.length > 0) this.put(new Map(newer))
  }

  /** Where the reader is from now on: decides which day a task is on. */
  readIn(zone: string): void {
    this.zone = zone
  }

  /** Keeps tasks where they are seen, whatever becomes of them, until the last was done `ms` ago: a list does not move under a hand. */
  linger(ids: readonly string[], ms: number): void {
    for (const id of ids) this.lingering.add(id)
    clearTimeout(this.lingerTimer)
    this.lingerTimer = setTimeout(() => {
      const stayed = [...this.lingering]
      this.lingering.clear()
      this.show(stayed.flatMap((id) => this.find(id) ?? []))
    }, ms)
  }

  /** Something shown has no answer yet. */
  get isSaving(): boolean {
    return this.pending.size > 0
  }

  find(id: string): Task | undefined {
    return this.client.getQueryData<Task>(keys.task(id)) ?? this.inLists().get(id)
  }

  private inLists(): Map<string, Task> {
    return (this.listed ??= new Map(allLoaded(this.client).map((task) => [task.id, task])))
  }

  /** Resolves to the revision made, which undo needs ('' where nothing changed). `seen`: the task as it was when somebody began to type. */
  patch(id: string, patch: TaskPatch, seen?: Task): Promise<string> {
    return this.write(id, overlayOf(id, patch, (other) => this.find(other)), async (known, key) => {
      let base = known
      if (seen && !untouched(seen, known, unlike(known, patch))) throw new Overtaken(known, patch)
      for (let attempt = 0; ; attempt += 1) {
        try {
          const header = { 'If-Match': `"${base.version}"`, 'Idempotency-Key': attempt === 0 ? key : newId() }
          const { data, revision } = await written(api.PATCH('/api/tasks/{id}', { params: { path: { id }, header }, body: patch }))
          return { task: data, revision: data.version === base.version ? '' : revision }
        } catch (error) {
          if (!(error instanceof ApiError && error.status === 412 && error.problem.current) || attempt > 3) throw error
          const theirs = error.problem.current as unknown as Task
          if (!untouched(base, theirs, unlike(theirs, patch))) throw new Overtaken(theirs, patch)
          base = theirs
        }
      }
    })
  }

  trash(id: string): Promise<string> {
    const deleted = deletedNow()
    return this.write(id, deleted, async (known, key) => {
      const header = { 'Idempotency-Key': key }
      const { revision } = await written(api.DELETE('/api/tasks/{id}', { params: { path: { id }, header } }))
      return { task: { ...known, ...deleted, version: known.version + 1 }, revision }
    })
  }

  restore(id: string): Promise<string> {
    return this.write(id, { deleted_at: null }, async (_known, key) => {
      const header = { 'Idempotency-Key': key }
      const { data, revision } = await written(api.POST('/api/tasks/{id}/restore', { params: { path: { id }, header } }))
      return { task: data, revision }
    })
  }

  async purge(id: string): Promise<void> {
    const params = { path: { id }, query: { permanent: true }, header: { 'Idempotency-Key': newId() } }
    await persistently(() => written(api.DELETE('/api/tasks/{id}', { params })))
    this.forget([id])
  }

  /** Many at once: one request, one commit, one undo (a commit for every 500). */
  many(ids: readonly string[], patch: BatchPatch | 'trash' | ((id: string, index: number) => BatchPatch)): Promise<Batched> {
    const entries = new Map<string, Pending>()
    // As they will be seen: each may be placed after the one before.
    const seen = (id: string) => {
      const task = this.find(id)
      return task && { ...task, ...entries.get(id)?.overlay }
    }
    const operations = ids.map((id, index): Operation => {
      const what = typeof patch === 'function' ? patch(id, index) : patch
      entries.set(id, { overlay: what === 'trash' ? deletedNow() : overlayOf(id, what, seen) })
      return what === 'trash' ? { op: 'delete', id } : { op: 'patch', id, task: what }
    })
    for (const [id, entry] of entries) this.add(id, entry)
    this.reshow(ids)
    return this.queued(ids, async () => {
      // What the answer counts from: of the same commit may be heard before it is answered.
      const before = new Map(ids.map((id) => [id, this.confirmed.get(id)]))
      const { results, revisions, error } = await sendBatch(operations)
      const now = results.flatMap(({ id, status, task }) => {
        if (task) return [task]
        const known = before.get(id ?? '')
        return status < 300 && known ? [{ ...known, ...entries.get(known.id)?.overlay, version: known.version + 1 }] : []
      })
      for (const [id, entry] of entries) this.drop(id, entry)
      this.settle(now)
      this.reshow(ids)
      if (error !== null && results.length === 0) throw error
      const undone = error === null ? undefined : { ids: ids.slice(results.length), error }
      return { revisions, refused: results.filter(({ status }) => status >= 300).length, undone }
    })
  }

  /** Resolves to the revision that taking it back made, which takes it back again ('' where there was nothing to do). */
  async revert(revision: string, onConflict: 'fail' | 'skip' = 'fail'): Promise<string> {
    const params = { path: { revision }, header: { 'Idempotency-Key': newId() } }
    try {
      const done = await persistently(() => body(api.POST('/api/changes/{revision}/revert', { params, body: { on_conflict: onConflict } })))
      await this.apply(done.changes)
      return done.changes.length > 0 ? done.revision : ''
    } catch (error) {
      // A commit that changed nothing, such as of many that were so already.
      if (error instanceof ApiError && error.status === 404) return ''
      throw error
    }
  }

  hear(happening: Happening): void {
    if (happening.type === 'reset') void this.client.invalidateQueries()
    else void this.apply(happening.changes)
  }

  /** Changes become cache updates; only what can't be told from them is asked for. */
  async apply(changes: readonly Change[]): Promise<void> {
    applyNamed(this.client, changes)
    if (!changes.some((change) => change.kind === 'task')) return
    const { tasks, unknown } = learn(changes, (id) => this.confirmed.get(id) ?? this.find(id))
    const gone = [...tasks].flatMap(([id, task]) => (task ? [] : [id]))
    this.settle([...tasks.values()].filter((task) => task !== null))
    if (gone.length > 0) this.forget(gone)
    if (unknown.size > ASK_AT_MOST) {
      await this.client.invalidateQueries({ queryKey: keys.lists })
      await this.client.invalidateQueries({ queryKey: keys.tasks })
    } else {
      const fetched = await Promise.allSettled([...unknown].map((id) => body(api.GET('/api/tasks/{id}', { params: { path: { id } } }))))
      this.settle(fetched.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : [])))
    }
  }

  private write(id: string, overlay: Partial<Task>, send: (known: Task, key: string) => Promise<{ task: Task; revision: string }>): Promise<string> {
    const entry = { overlay }
    this.add(id, entry)
    this.reshow([id])
    const key = newId()
    return this.queued([id], async () => {
      try {
        const { task, revision } = await persistently(() => send(this.confirmed.get(id) ?? this.find(id)!, key))
        this.drop(id, entry)
        this.settle([task])
        return revision
      } catch (error) {
        this.drop(id, entry)
        if (error instanceof Overtaken) this.settle([error.current])
        else if (error instanceof ApiError && error.status === 404) this.forget([id])
        else this.reshow([id])
        throw error
      }
    })
  }

  /** After what is on its way for these tasks, and before what comes later. */
  queued<T>(ids: readonly string[], work: () => Promise<T>): Promise<T> {
    const turn = Promise.allSettled(ids.map((id) => this.queues.get(id))).then(work)
    for (const id of ids) this.queues.set(id, turn)
    const done = () => {
      for (const id of ids) if (this.queues.get(id) === turn) this.queues.delete(id)
    }
    turn.then(done, done)
    return turn
  }

  private add(id: string, entry: Pending): void {
    const known = this.find(id)
    if (known && !this.confirmed.has(id)) this.confirmed.set(id, known)
    this.pending.set(id, [...(this.pending.get(id) ?? []), entry])
  }

  private drop(id: string, entry: Pending): void {
    const rest = (this.pending.get(id) ?? []).filter((other) => other !== entry)
    if (rest.length > 0) this.pending.set(id, rest)
    else this.pending.delete(id)
  }

  /** The server's word on these tasks. Older words than the last are dropped. */
  settle(tasks: readonly Task[]): void {
    const news = tasks.filter((task) => {
      const known = this.confirmed.get(task.id) ?? this.find(task.id)
      return !known || task.version >= known.version
    })
    for (const task of news) if (this.confirmed.has(task.id) || this.pending.has(task.id)) this.confirmed.set(task.id, task)
    this.show(news.map((task) => this.overlaid(task)))
    for (const { id } of news) if (!this.pending.has(id)) this.confirmed.delete(id)
  }

  private reshow(ids: readonly string[]): void {
    this.show(ids.flatMap((id) => this.confirmed.get(id) ?? []).map((task) => this.overlaid(task)))
    for (const id of ids) if (!this.pending.has(id)) this.confirmed.delete(id)
  }

  private overlaid(task: Task): Task {
    return (this.pending.get(task.id) ?? []).reduce((shown, { overlay }) => ({ ...shown, ...overlay }), task)
  }

  show(tasks: readonly Task[]): void {
    if (tasks.length > 0) this.put(new Map(tasks.map((task) => [task.id, task])))
  }

  forget(ids: readonly string[]): void {
    for (const id of ids) {
      this.pending.delete(id)
      this.confirmed.delete(id)
    }
    this.put(new Map(ids.map((id) => [id, null])))
  }

  private put(tasks: ReadonlyMap<string, Task | null>): void {
    this.meanwhile.hear(tasks)
    const viewer: Viewer = { zone: this.zone, now: Date.now(), lingering: this.lingering }
    for (const [key, pages] of this.client.getQueriesData<Pages>({ queryKey: keys.lists })) {
      if (!pages) continue
      const next = withTasks(pages, tasks, key[2] as ListQuery, viewer)
      if (next !== pages) this.client.setQueryData(key, next)
    }
    for (const [id, task] of tasks) {
      if (task === null) this.client.removeQueries({ queryKey: keys.task(id) })
      else this.client.setQueryData(keys.task(id), task)
    }
    this.recount()
    this.searchAgain()
  }

  private recount(): void {
    this.countsTimer ??= setTimeout(() => {
      this.countsTimer = undefined
      void this.client.invalidateQueries({ queryKey: keys.stats })
    }, COUNT_AFTER)
  }

  /** Only the server knows what words find. It is asked again once it knows what is shown. */
  private searchAgain(): void {
    this.searchTimer ??= setTimeout(() => {
      this.searchTimer = undefined
      if (this.pending.size > 0) this.searchAgain()
      else void this.client.invalidateQueries({ predicate: ({ queryKey }) => isSearch(queryKey) })
    }, SEARCH_AFTER)
  }
}

/** What a patch makes visible before the server has answered. */
function overlayOf(id: string, { place, add_label_ids, remove_label_ids, ...fields }: BatchPatch, seen: (id: string) => Task | undefined): Partial<Task> {
  const overlay: Partial<Task> = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
  if (fields.status) overlay.completed_at = fields.status === 'done' ? new Date().toISOString() : null
  if (place) overlay.position = positionOf(place, (other) => seen(other)?.position)
  if (add_label_ids || remove_label_ids) {
    const gone = new Set(remove_label_ids)
    overlay.label_ids = [...new Set([...(seen(id)?.label_ids ?? []), ...(add_label_ids ?? [])])].filter((label) => !gone.has(label))
  }
  return overlay
}

/** The trash shows last what was deleted first. */
function deletedNow(): Partial<Task> {
  const now = new Date().toISOString()
  return { deleted_at: now, updated_at: now }
}

/** A new task as it is shown until the server has it. */
export function blank(draft: NewTask & { id: string }): Task {
  const now = new Date().toISOString()
  const plain = { version: 0, workspace_id: '', description: '', status: 'todo', priority: 'none', start: null, due: null, project_id: null, parent_id: null } as const
  const stamps = { created_at: now, updated_at: now, completed_at: null, created_by: '', deleted_at: null }
  return { ...plain, ...stamps, ...draft, label_ids: draft.label_ids ?? [], position: LAST }
}

/** The fields that a patch would change: two who write the same are of one mind. */
function unlike(task: Task, patch: TaskPatch): string[] {
  return Object.entries(patch).flatMap(([field, value]) => (JSON.stringify(value) === JSON.stringify(task[field as keyof Task]) ? [] : [field]))
}

function untouched(before: Task, now: Task, fields: readonly string[]): boolean {
  const text = (task: Task, field: string) => JSON.stringify(task[field as keyof Task])
  return fields.every((field) => text(before, field) === text(now, field))
}

/** Every task in any loaded list. */
export function allLoaded(client: QueryClient): Task[] {
  return client.getQueriesData<Pages>({ queryKey: keys.lists }).flatMap(([, pages]) => allTasks(pages))
}

/** Every task in a loaded list, in order. */
export function loaded(client: QueryClient, query: ListQuery): Task[] {
  return allTasks(client.getQueryData<Pages>(keys.list(query)))
}
