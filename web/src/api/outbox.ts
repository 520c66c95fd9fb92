import { allOf, hasDatabase, within } from './database'
import { newId } from './ids'
import { withLock } from './locks'
import { ApiError } from './problem'
import type { NewTask, Task } from './types'

export type Draft = NewTask & { id: string }

/** A label or project that is made before the tasks that name it. */
export interface Named {
  id: string
  name: string
  color: string
}

/** Why the server will not have it as it is. */
export interface Refusal {
  status: number
  code: string
  detail: string
}

/** What was captured at once. `attempted`: it may have arrived, nobody knows. `waited`: for a connection. `withdrawn`: it is not wanted any more. */
export interface Entry {
  serial: number
  account: string
  key: string
  drafts: Draft[]
  labels: Named[]
  projects: Named[]
  attempted: boolean
  waited: boolean
  withdrawn: boolean
  refusal: Refusal | null
}

export type Written = Pick<Entry, 'drafts' | 'labels' | 'projects'>
export type Sent = Pick<Entry, 'key' | 'drafts' | 'waited'>

/** A project or label that was made for an entry, and by which commit. */
export interface Made {
  kind: 'labels' | 'projects'
  id: string
  revision: string
}

/** What became of an entry that the server has taken: `refused` are the tasks that it left out. */
export interface Delivery {
  tasks: Task[]
  revisions: string[]
  made?: readonly Made[]
  refused: { ids: ReadonlySet<string>; refusal: Refusal } | null
}

export type Rename = ReadonlyMap<string, string>

/** Sends an entry; a repeat doubles nothing. `rename`: what it names exists already, under another id. */
export type Post = (entry: Entry, rename: (ids: Rename) => Promise<void>) => Promise<Delivery>

export interface OutboxStore {
  all(account: string): Promise<Entry[]>
  add(entry: Omit<Entry, 'serial'>): Promise<number>
  put(entry: Entry): Promise<void>
  remove(serial: number): Promise<void>
}

export interface Outcomes {
  delivered: (entry: Sent, delivery: Delivery) => void
  refused: (entry: Entry) => void
  withdrawn: (entry: Sent) => void
}

type News = { type: 'changed' } | { type: 'delivered' | 'withdrawn'; entry: Sent; revisions: string[] }

const LONGEST_WAIT = 60

/**
 * Tasks on their way to the server, one account's, oldest first. An entry is on the disk before anybody is told
 * that it is kept, and leaves it when the server has it or its writer takes it back. One tab sends at a time.
 */
export class Outbox {
  private shown: readonly Entry[] = []
  private stuck = false
  private sending: Promise<void> | null = null
  private again = false
  private failures = 0
  private timer: ReturnType<typeof setTimeout> | undefined
  private channel: BroadcastChannel | null = null
  private readonly listeners = new Set<() => void>()

  constructor(
    private readonly account: string,
    private readonly store: Promise<OutboxStore>,
    private readonly post: Post,
    private readonly outcomes: Outcomes,
    private readonly alone: <T>(work: () => Promise<T>) => Promise<T> = (work) => withLock(`outbox:${account}`, work),
  ) {}

  /** Reads what is waiting, and hears of other tabs until the function it answers is called. */
  open(): () => void {
    const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(`outbox:${this.account}`)
    if (channel) channel.onmessage = ({ data }: MessageEvent<News>) => void this.hear(data)
    this.channel = channel
    void this.reread().then(() => this.flush())
    return () => {
      clearTimeout(this.timer)
      channel?.close()
      this.channel = null
    }
  }

  readonly entries = (): readonly Entry[] => this.shown

  /** The last attempt got no answer: what is here waits. */
  readonly isStuck = (): boolean => this.stuck

  holds(id: string): boolean {
    return this.shown.some(({ drafts, refusal }) => !refusal && drafts.some((draft) => draft.id === id))
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Resolves when it is kept; it is sent after that. */
  async write(written: Written, waited = false): Promise<Entry> {
    const entry = { ...written, account: this.account, key: newId(), attempted: false, waited, withdrawn: false, refusal: null }
    const serial = await (await this.store).add(entry)
    await this.changed()
    return { ...entry, serial }
  }

  /** Takes an entry back. False where the server has it already. */
  withdraw(key: string): Promise<boolean> {
    return this.alone(async () => {
      const entry = (await this.fresh()).find((other) => other.key === key)
      if (!entry) return false
      await (await this.store).put({ ...entry, withdrawn: true })
      this.tell({ type: 'withdrawn', entry: sentOf(entry), revisions: [] })
      this.outcomes.withdrawn(entry)
      await this.changed()
      return true
    }).finally(() => void this.flush())
  }

  /** Sends what was refused once more. */
  async retry(serial: number): Promise<void> {
    const entry = this.shown.find((other) => other.serial === serial)
    if (entry) await (await this.store).put({ ...entry, key: newId(), refusal: null })
    await this.changed()
    await this.flush()
  }

  /** Sends what waits, in order, until it is all gone or nobody answers. */
  flush(): Promise<void> {
    if (this.sending) this.again = true
    this.sending ??= this.alone(() => this.sendAll())
      .catch(() => undefined)
      .finally(() => {
        this.sending = null
        if (this.again) void this.flush()
      })
    return this.sending
  }

  private async sendAll(): Promise<void> {
    this.again = false
    clearTimeout(this.timer)
    for (;;) {
      const next = (await this.fresh()).find(({ refusal, withdrawn }) => !refusal || withdrawn)
      if (!next) break
      try {
        await this.send(next)
      } catch (error) {
        return this.stay(error)
      }
      await this.changed()
    }
    this.failures = 0
    this.unstick(false)
  }

  private async send(entry: Entry): Promise<void> {
    const store = await this.store
    if (entry.withdrawn && !entry.attempted) return store.remove(entry.serial)
    if (!entry.attempted) await store.put({ ...entry, attempted: true })
    try {
      const delivery = await this.post(entry, (ids) => this.rename(ids))
      const left = await this.leftOf(entry, delivery)
      if (left) await store.put(left)
      else await store.remove(entry.serial)
      if (entry.withdrawn) return
      this.tell({ type: 'delivered', entry: sentOf(entry), revisions: delivery.revisions })
      this.outcomes.delivered(entry, delivery)
      if (left) this.outcomes.refused(left)
    } catch (error) {
      if (!isFinal(error)) throw error
      if (entry.withdrawn) return store.remove(entry.serial)
      const now = (await this.fresh()).find(({ serial }) => serial === entry.serial) ?? entry
      const refused = { ...now, refusal: { status: error.status, code: error.code, detail: error.message } }
      await store.put(refused)
      this.outcomes.refused(refused)
    }
  }

  /** What the server left out of a batch stays, under a key of its own. */
  private async leftOf({ serial }: Entry, { refused }: Delivery): Promise<Entry | null> {
    const now = refused && (await this.fresh()).find((other) => other.serial === serial)
    return now ? { ...now, key: newId(), drafts: now.drafts.filter(({ id }) => refused.ids.has(id)), refusal: refused.refusal } : null
  }

  private async rename(ids: Rename): Promise<void> {
    const store = await this.store
    for (const entry of await this.fresh()) await store.put(renamed(entry, ids))
  }

  private async stay(error: unknown): Promise<void> {
    const asked = error instanceof ApiError ? error.retryAfter : null
    const wait = asked ?? Math.min(2 ** this.failures, LONGEST_WAIT) * (0.75 + Math.random() / 2)
    this.failures += 1
    this.timer = setTimeout(() => void this.flush(), wait * 1000)
    this.unstick(true)
    const store = await this.store
    for (const entry of await this.fresh()) if (!entry.waited) await store.put({ ...entry, waited: true })
  }

  private unstick(stuck: boolean): void {
    if (this.stuck === stuck) return
    this.stuck = stuck
    for (const listener of this.listeners) listener()
  }

  private async hear(news: News): Promise<void> {
    if (news.type === 'delivered') this.outcomes.delivered(news.entry, { tasks: [], revisions: news.revisions, refused: null })
    if (news.type === 'withdrawn') this.outcomes.withdrawn(news.entry)
    await this.reread()
  }

  private tell(news: News): void {
    this.channel?.postMessage(news)
  }

  private async changed(): Promise<void> {
    this.tell({ type: 'changed' })
    await this.reread()
  }

  private async fresh(): Promise<Entry[]> {
    const entries = await (await this.store).all(this.account)
    return entries.sort((one, other) => one.serial - other.serial)
  }

  private async reread(): Promise<void> {
    this.shown = (await this.fresh()).filter(({ withdrawn }) => !withdrawn)
    for (const listener of this.listeners) listener()
  }
}

function sentOf({ key, drafts, waited }: Entry): Sent {
  return { key, drafts, waited }
}

/** The same, naming what exists already under the ids that it has. */
export function renamed(entry: Entry, ids: Rename): Entry {
  const of = (id: string) => ids.get(id) ?? id
  const draft = (one: Draft): Draft => ({
    ...one,
    ...(one.project_id && { project_id: of(one.project_id) }),
    ...(one.label_ids && { label_ids: [...new Set(one.label_ids.map(of))] }),
  })
  const kept = (named: Named[]) => named.filter(({ id }) => !ids.has(id))
  return { ...entry, drafts: entry.drafts.map(draft), labels: kept(entry.labels), projects: kept(entry.projects) }
}

/** Sent again as it is, it would be refused again. Without a session it waits for the next one. */
function isFinal(error: unknown): error is ApiError {
  return error instanceof ApiError && !error.passing && error.status !== 401 && error.status !== 408 && error.status !== 425
}

const onDisk: OutboxStore = {
  all: (account) => allOf<Entry>('outbox', account),
  add: async (entry) => Number(await within('outbox', 'readwrite', (store) => store.add(entry))),
  put: async (entry) => void (await within('outbox', 'readwrite', (store) => store.put(entry))),
  remove: (serial) => within('outbox', 'readwrite', (store) => store.delete(serial)),
}

/** Where the browser has no database: as long as the page lives. */
export function inMemory(): OutboxStore {
  const entries = new Map<number, Entry>()
  let last = 0
  return {
    all: (account) => Promise.resolve([...entries.values()].filter((entry) => entry.account === account)),
    add: (entry) => {
      last += 1
      entries.set(last, { ...entry, serial: last })
      return Promise.resolve(last)
    },
    put: (entry) => Promise.resolve(void entries.set(entry.serial, entry)),
    remove: (serial) => Promise.resolve(void entries.delete(serial)),
  }
}

export async function outboxStore(): Promise<OutboxStore> {
  return (await hasDatabase()) ? onDisk : inMemory()
}
