import type { Query, QueryClient } from '@tanstack/react-query'
import { isUp } from '@/api/connection'
import { allOf, within } from '@/api/database'
import { currentSession } from '@/api/session'
import type { Task } from '@/api/types'
import { belongs, comparator, type ListQuery, type Pages, type Viewer } from './lists'
import { isList, isSent } from './queries'

interface Kept {
  account: string
  name: string
  key: readonly unknown[]
  data: unknown
  at: number
}

/** The server can't be asked: nobody answers, or nobody could say yet who this is. */
export const isAway = (): boolean => !isUp() || currentSession().state === 'offline'

const OLD = { updatedAt: 1 }
const SETTLED = 1_500
const PAGES = 5
const TOO_OLD = 14 * 86_400_000

/** What was seen last, on this device: what a start without a connection shows. */
export class KeptQueries {
  private readonly dirty = new Map<string, Query>()
  private timer: ReturnType<typeof setTimeout> | undefined
  private records: readonly Kept[] = []

  constructor(
    private readonly account: string,
    private readonly client: QueryClient,
    private readonly zone: string,
  ) {}

  /** Keeps what changes, and answers what can't be asked, until the function it answers is called. */
  open(): () => void {
    const stop = this.client.getQueryCache().subscribe((event) => {
      if (event.type === 'updated' && event.action.type === 'success' && !isAway()) this.mark(event.query)
      if (event.type === 'added' && this.records.length > 0 && isAway()) this.answer(event.query)
    })
    // What was there before.
    for (const query of this.client.getQueryCache().getAll()) if (query.state.data !== undefined && !isAway()) this.mark(query)
    const hide = () => document.visibilityState === 'hidden' && void this.save()
    document.addEventListener('visibilitychange', hide)
    return () => {
      stop()
      clearTimeout(this.timer)
      document.removeEventListener('visibilitychange', hide)
    }
  }

  /** Fills in what is not there. It is old: it is asked for again as soon as that is possible. */
  async recall(): Promise<void> {
    const all = await allOf<Kept>('kept', this.account).catch(() => [])
    this.records = all.filter(({ at }) => at > Date.now() - TOO_OLD)
    for (const { key, data } of this.records) if (this.client.getQueryData(key) === undefined) this.client.setQueryData(key, data, OLD)
    for (const query of this.client.getQueryCache().getAll()) this.answer(query)
    const old = all.filter((record) => !this.records.includes(record))
    if (old.length > 0) await within('kept', 'readwrite', (store) => (old.forEach(({ account, name }) => store.delete([account, name])), null))
  }

  private answer(query: Query): void {
    if (query.state.data !== undefined) return
    const { queryKey: key } = query
    const record = this.records.find(({ name }) => name === query.queryHash)
    if (record) this.client.setQueryData(key, record.data, OLD)
    else if (key[0] === 'tasks' && key[1] === 'one') this.client.setQueryData(key, this.known().get(key[2] as string), OLD)
    else if (isList(key)) this.client.setQueryData(key, answered([...this.known().values()], key[2] as ListQuery, { zone: this.zone, now: Date.now() }), OLD)
  }

  private known(): Map<string, Task> {
    const known = new Map<string, Task>()
    const learn = (task: Task) => (known.get(task.id)?.version ?? -1) < task.version && known.set(task.id, task)
    const read = (key: readonly unknown[], data: unknown) => {
      if (key[0] !== 'tasks' || !data) return
      if (key[1] === 'one') learn(data as Task)
      if (key[1] === 'list') for (const page of (data as Pages).pages) page.items.forEach(learn)
    }
    for (const { key, data } of this.records) read(key, data)
    for (const { queryKey, state } of this.client.getQueryCache().getAll()) read(queryKey, state.data)
    return known
  }

  private mark(query: Query): void {
    if (!isWorthKeeping(query)) return
    this.dirty.set(query.queryHash, query)
    this.timer ??= setTimeout(() => void this.save(), SETTLED)
  }

  private async save(): Promise<void> {
    clearTimeout(this.timer)
    this.timer = undefined
    const now = currentSession()
    if (now.state !== 'in' || now.user.id !== this.account) return
    const records = [...this.dirty.values()].map((query): Kept => ({ account: this.account, name: query.queryHash, key: query.queryKey, data: few(query), at: Date.now() }))
    this.dirty.clear()
    if (records.length === 0) return
    try {
      await within('kept', 'readwrite', (store) => (records.forEach((record) => store.put(record)), null))
    } catch {
      // A disk that is full, or no database: then a start without a connection shows less.
    }
  }
}

function isWorthKeeping({ queryKey: key, state }: Query): boolean {
  if (isList(key)) return !(key[2] as ListQuery).q
  if (key[0] === 'tasks') return isSent(state.data as Task)
  return key[0] === 'projects' || key[0] === 'labels' || key[0] === 'stats'
}

/** The beginning of a list is what is looked at. */
function few({ queryKey: key, state }: Query): unknown {
  if (key[0] === 'projects' || key[0] === 'labels') return (state.data as { version: number }[]).filter(isSent)
  if (!isList(key)) return state.data
  const { pages, pageParams } = state.data as Pages
  return { pages: pages.slice(0, PAGES).map((page) => ({ ...page, items: page.items.filter(isSent) })), pageParams: pageParams.slice(0, PAGES) }
}

/** What is known of a list that was never seen. */
function answered(tasks: readonly Task[], query: ListQuery, viewer: Viewer): Pages | undefined {
  const words = query.q?.toLowerCase().split(/\s+/) ?? []
  const fits = (task: Task) => belongs(task, { ...query, q: undefined }, viewer) === true && words.every((word) => task.title.toLowerCase().includes(word))
  const items = tasks.filter(fits).sort(comparator(query, viewer))
  return items.length > 0 ? { pages: [{ items, next_cursor: null, revision: '' }], pageParams: [null] } : undefined
}
