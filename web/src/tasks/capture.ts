import type { QueryClient } from '@tanstack/react-query'
import { isUp } from '@/api/connection'
import { newId } from '@/api/ids'
import { type Delivery, type Entry, type Made, type Named, Outbox, outboxStore, type Sent, type Written } from '@/api/outbox'
import type { Label, Project } from '@/api/types'
import { explain } from '@/ui/explain'
import { currentMessages } from '@/ui/messages'
import { toast } from '@/ui/toast'
import type { TaskActions } from './actions'
import { blank, type TaskEdits } from './edits'
import { colorAt } from './marks'
import { keys } from './queries'
import { openTask } from './panel/address'
import { errorOf, post } from './sending'

type Kind = 'labels' | 'projects'

/**
 * New tasks: on this device before anything else, in the lists at once, on the server as soon as it answers.
 * Ids and keys are made with the draft, so that sending again, by whichever tab, makes nothing twice.
 */
export class Capture {
  readonly outbox: Outbox
  /** Of what was captured in this tab or heard of: the commits, which undo needs. */
  private readonly revisions = new Map<string, string[]>()
  private readonly made = new Map<string, readonly Made[]>()
  private readonly firstTries = new Map<string, () => void>()
  private late = 0

  constructor(
    account: string,
    private readonly client: QueryClient,
    private readonly edits: TaskEdits,
    private readonly actions: TaskActions,
  ) {
    this.outbox = new Outbox(account, outboxStore(), (entry, rename) => post(client, entry, rename), {
      delivered: (entry, delivery) => this.deliver(entry, delivery),
      refused: (entry) => this.refuse(entry),
      withdrawn: ({ drafts }) => this.edits.forget(drafts.map(({ id }) => id)),
    })
  }

  open(): () => void {
    const close = this.outbox.open()
    const still = this.outbox.subscribe(() => this.reshow())
    // What a list is answered with knows nothing of what waits here.
    const watch = this.client.getQueryCache().subscribe((event) => {
      if (event.type === 'updated' && event.action.type === 'success' && !event.action.manual) this.reshow()
    })
    return () => {
      close()
      still()
      watch()
    }
  }

  /** Resolves when the tasks are kept; rejects where that fails, and then nothing was taken. `place`: where one task goes. */
  async take(what: Written, place: string): Promise<void> {
    const up = isUp()
    const entry = await this.outbox.write(this.complete(what), !up)
    this.show(entry)
    const firstTry = new Promise<void>((resolve) => this.firstTries.set(entry.key, resolve))
    void this.edits.queued(entry.drafts.map(({ id }) => id), () => firstTry)
    void this.outbox.flush().then(() => this.triedFirst(entry.key))
    const { add, done, outbox } = currentMessages()
    const [first] = entry.drafts
    const many = entry.drafts.length > 1 || !first
    const said = up ? (many ? done.addedMany(entry.drafts.length) : add.addedTo(first.title, place)) : outbox.kept(entry.drafts.length)
    const also = many ? undefined : { label: add.open, run: () => openTask(first.id) }
    this.actions.undoable(Promise.resolve({ revisions: [], refused: 0, takeBack: () => this.takeBack(entry) }), said, () => undefined, { size: entry.drafts.length, also })
  }

  /** What the names are made as; one that waits already is made only once. */
  naming(names: { labels: readonly string[]; projects: readonly string[] }): { labels: Named[]; projects: Named[] } {
    const make = (kind: Kind) => {
      const count = this.client.getQueryData<unknown[]>(keys[kind])?.length ?? 0
      return names[kind].map((name, index): Named => this.waiting(kind).find(called(name)) ?? { id: newId(), name, color: colorAt(count + index) })
    }
    return { labels: make('labels'), projects: make('projects') }
  }

  /** With what the drafts refer to and an entry before this one is to make: that one may be taken back. */
  private complete({ drafts, labels, projects }: Written): Written {
    const used = new Set(drafts.flatMap(({ label_ids, project_id }) => [...(label_ids ?? []), project_id]))
    const all = (kind: Kind, own: readonly Named[]) => [...new Map([...this.waiting(kind).filter(({ id }) => used.has(id)), ...own].map((named) => [named.id, named])).values()]
    return { drafts, labels: all('labels', labels), projects: all('projects', projects) }
  }

  private waiting(kind: Kind): Named[] {
    return this.outbox.entries().flatMap((entry) => entry[kind])
  }

  /** Null: it is taken back. Else what the server made of it. */
  private async takeBack({ key, drafts }: Entry): Promise<readonly string[] | null> {
    if (await this.outbox.withdraw(key)) return null
    const revisions = this.revisions.get(key)?.filter(Boolean) ?? []
    const ids = drafts.map(({ id }) => id)
    if (revisions.length > 0) return [...(await this.actions.inPassing.onlyFor(ids, this.made.get(key) ?? [])), ...revisions]
    await this.edits.many(ids, 'trash')
    return null
  }

  private deliver({ key, drafts, waited }: Sent, { tasks, revisions, made = [], refused }: Delivery): void {
    this.revisions.set(key, revisions)
    this.made.set(key, made)
    if (tasks.length > 0 && waited) this.sayLate(tasks.length)
    this.edits.settle(tasks)
    if (refused) this.edits.forget(drafts.flatMap(({ id }) => (refused.ids.has(id) ? [id] : [])))
    this.triedFirst(key)
  }

  private refuse(entry: Entry): void {
    const messages = currentMessages()
    this.edits.forget(entry.drafts.map(({ id }) => id))
    this.triedFirst(entry.key)
    toast(messages.add.failed(entry.drafts[0]?.title ?? '', explain(errorOf(entry.refusal!), messages)), { tone: 'problem', stays: 12_000 })
  }

  private triedFirst(key: string): void {
    this.firstTries.get(key)?.()
    this.firstTries.delete(key)
  }

  /** Once for all that waited. */
  private sayLate(count: number): void {
    if (this.late === 0) setTimeout(() => {
      toast(currentMessages().outbox.sent(this.late))
      this.late = 0
    }, 300)
    this.late += count
  }

  readonly reshow = (): void => {
    for (const entry of this.outbox.entries()) if (!entry.refusal) this.show(entry)
  }

  private show({ drafts, labels, projects }: Written): void {
    this.edits.show(drafts.map((draft) => this.edits.find(draft.id) ?? blank(draft)))
    this.name<Label>(keys.labels, labels)
    this.name<Project>(keys.projects, projects)
  }

  private name<D extends Label | Project>(key: readonly string[], named: readonly Named[]): void {
    const known = this.client.getQueryData<D[]>(key)
    const news = named.filter(({ id }) => !known?.some((item) => item.id === id))
    if (known && news.length > 0) this.client.setQueryData<D[]>(key, [...known, ...news.map((item) => provisional(item) as D)])
  }
}

function called(name: string): (item: { name: string }) => boolean {
  return (item) => item.name.toLowerCase() === name.toLowerCase()
}

function provisional(named: Named): Label & Project {
  const now = new Date().toISOString()
  return { ...named, workspace_id: '', version: 0, icon: null, archived: false, position: '', created_at: now, updated_at: now, deleted_at: null } as Label & Project
}
