import type { QueryClient } from '@tanstack/react-query'
import { api, body, persistently, written } from '@/api/client'
import { newId } from '@/api/ids'
import { ApiError } from '@/api/problem'
import type { Label, NewTask, Project, Task, TaskPatch } from '@/api/types'
import { explain } from '@/ui/explain'
import { currentMessages } from '@/ui/messages'
import { dismiss, toast } from '@/ui/toast'
import { type BatchPatch, type Batched, Overtaken, type TaskEdits } from './edits'
import { isOpen } from './lists'
import { COLORS } from './marks'
import { currentOverlay, openOverlay } from './overlays'
import { keys } from './queries'

const LOOK_AT_IT = 450

interface NamedDraft {
  name: string
  color?: string | null
}

/** What a person can do to tasks: the edit, what is said about it, and the way back. */
export class TaskActions {
  constructor(
    readonly edits: TaskEdits,
    private readonly client: QueryClient,
  ) {}

  /** Changes one task; says something only when it fails. */
  async change(id: string, patch: TaskPatch, seen?: Task): Promise<boolean> {
    try {
      await this.edits.patch(id, patch, seen)
      return true
    } catch (error) {
      this.sayFailure(error, () => void this.change(id, patch))
      return false
    }
  }

  changeAll(ids: readonly string[], patch: BatchPatch): void {
    const [only] = ids
    const { add_label_ids, remove_label_ids, ...plain } = patch
    if (ids.length === 1 && only && !add_label_ids && !remove_label_ids) void this.change(only, plain)
    else this.undoable(this.edits.many(ids, patch), currentMessages().done.changedMany(ids.length), () => this.changeAll(ids, patch))
  }

  /** Makes one field what it was in an earlier version. */
  putBack(task: Task, patch: TaskPatch, field: string): void {
    this.undoable(this.edits.patch(task.id, patch), currentMessages().done.putBack(field), () => this.putBack(task, patch, field))
  }

  /** Puts tasks elsewhere: into another column, at another place, or both. */
  move(tasks: readonly Task[], patch: TaskPatch, place: TaskPatch['place'], to: string | null): void {
    const { done } = currentMessages()
    const [first] = tasks
    if (!first) return
    const ids = tasks.map(({ id }) => id)
    const again = () => this.move(tasks, patch, place, to)
    const placed = (index: number): TaskPatch => (place === undefined ? patch : { ...patch, place: index === 0 ? place : { after: ids[index - 1]! } })
    if (tasks.length === 1) this.undoable(this.edits.patch(first.id, placed(0)), to === null ? done.moved(first.title) : done.movedTo(first.title, to), again)
    else this.undoable(this.edits.many(ids, (_, index) => placed(index)), done.movedMany(ids.length, to), again)
  }

  toggle(task: Task): void {
    if (isOpen(task)) this.complete([task])
    else void this.change(task.id, { status: 'todo' })
  }

  complete(tasks: readonly Task[]): void {
    const { done } = currentMessages()
    const open = tasks.filter(isOpen)
    const [first] = open
    if (!first) return
    for (const { id } of open) this.edits.linger(id, LOOK_AT_IT)
    const again = () => this.complete(open)
    if (open.length === 1) this.undoable(this.edits.patch(first.id, { status: 'done' }), done.completed(first.title), again)
    else this.undoable(this.edits.many(open.map(({ id }) => id), { status: 'done' }), done.completedMany(open.length), again)
  }

  remove(tasks: readonly Task[]): void {
    const { done } = currentMessages()
    const [first] = tasks
    if (!first) return
    const again = () => this.remove(tasks)
    if (tasks.length === 1) this.undoable(this.edits.trash(first.id), done.deleted(first.title), again)
    else this.undoable(this.edits.many(tasks.map(({ id }) => id), 'trash'), done.deletedMany(tasks.length), again)
  }

  restore(task: Task): void {
    this.undoable(this.edits.restore(task.id), currentMessages().done.restored(task.title), () => this.restore(task))
  }

  /** Makes the task, and before it the labels and the project that it names and that do not exist. */
  async add(draft: NewTask, made: { labels: readonly string[]; project: string | null }): Promise<string | null> {
    const id = newId()
    try {
      const [labels, project] = await Promise.all([
        Promise.all(made.labels.map((name) => this.makeLabel({ name }))),
        made.project ? this.makeProject({ name: made.project }) : null,
      ])
      const label_ids = [...(draft.label_ids ?? []), ...labels.map((label) => label.id)]
      await this.edits.create({ ...draft, id, label_ids, ...(project && { project_id: project.id }) })
      return id
    } catch (error) {
      const { add, done } = currentMessages()
      const run = () => void this.add(draft, made)
      toast(add.failed(draft.title, explain(error, currentMessages())), { tone: 'problem', stays: null, action: { label: done.retry, run } })
      return null
    }
  }

  /** `strict`: a name that is taken is an error, not what was wanted. */
  makeLabel(draft: NamedDraft, { strict = false } = {}): Promise<Label> {
    const id = newId()
    const fresh = { id, color: this.nextColor(keys.labels), ...draft }
    const send = () => body(api.POST('/api/labels', { params: { header: { 'Idempotency-Key': id } }, body: fresh }))
    return this.makeNamed<Label>(keys.labels, draft.name, send, strict)
  }

  makeProject(draft: NamedDraft, { strict = false } = {}): Promise<Project> {
    const id = newId()
    const fresh = { id, color: this.nextColor(keys.projects), ...draft }
    const send = () => body(api.POST('/api/projects', { params: { header: { 'Idempotency-Key': id } }, body: fresh }))
    return this.makeNamed<Project>(keys.projects, draft.name, send, strict)
  }

  /** Made without a colour chosen, it gets the next one round. */
  private nextColor(key: readonly string[]): string {
    const count = this.client.getQueryData<unknown[]>(key)?.length ?? 0
    return COLORS[(count * 3 + 6) % COLORS.length]!
  }

  /** A name that somebody else took in the meantime is as good as made. */
  private async makeNamed<D extends { id: string; name: string }>(key: readonly string[], name: string, send: () => Promise<D>, strict: boolean): Promise<D> {
    const same = (item: D) => item.name.toLowerCase() === name.toLowerCase()
    try {
      const item = await persistently(send)
      this.client.setQueryData<D[]>(key, (items) => (items && !items.some(({ id }) => id === item.id) ? [...items, item] : items))
      return item
    } catch (error) {
      if (strict || !(error instanceof ApiError && error.code === 'name_taken')) throw error
      await this.client.refetchQueries({ queryKey: key })
      const found = this.client.getQueryData<D[]>(key)?.find(same)
      if (!found) throw error
      return found
    }
  }

  async editProject(project: Project, patch: { name?: string; color?: string | null }): Promise<void> {
    const params = { path: { id: project.id }, header: { 'If-Match': `"${project.version}"`, 'Idempotency-Key': newId() } }
    this.replaceNamed(keys.projects, await persistently(() => body(api.PATCH('/api/projects/{id}', { params, body: patch }))))
  }

  async editLabel(label: Label, patch: { name?: string; color?: string | null }): Promise<void> {
    const params = { path: { id: label.id }, header: { 'If-Match': `"${label.version}"`, 'Idempotency-Key': newId() } }
    this.replaceNamed(keys.labels, await persistently(() => body(api.PATCH('/api/labels/{id}', { params, body: patch }))))
  }

  private replaceNamed<D extends { id: string }>(key: readonly string[], item: D): void {
    this.client.setQueryData<D[]>(key, (items) => items?.map((other) => (other.id === item.id ? item : other)))
  }

  removeProject(project: Project): void {
    const params = { path: { id: project.id }, header: { 'Idempotency-Key': newId() } }
    const sent = persistently(() => written(api.DELETE('/api/projects/{id}', { params })))
    this.removeNamed(keys.projects, project.id, sent)
    this.undoable(sent.then(({ revision }) => revision), currentMessages().projects.deleted(project.name), () => this.removeProject(project))
  }

  removeLabel(label: Label): void {
    const params = { path: { id: label.id }, header: { 'Idempotency-Key': newId() } }
    const sent = persistently(() => written(api.DELETE('/api/labels/{id}', { params })))
    this.removeNamed(keys.labels, label.id, sent)
    this.undoable(sent.then(({ revision }) => revision), currentMessages().labels.deleted(label.name), () => this.removeLabel(label))
  }

  private removeNamed(key: readonly string[], gone: string, sent: Promise<unknown>): void {
    this.client.setQueryData<{ id: string }[]>(key, (items) => items?.filter(({ id }) => id !== gone))
    const reread = () => void this.client.invalidateQueries({ queryKey: key })
    sent.then(() => void this.client.invalidateQueries({ queryKey: ['trashed'] }), reread)
  }

  async restoreNamed(kind: 'project' | 'label', item: { id: string; name: string }): Promise<void> {
    const params = { path: { id: item.id }, header: { 'Idempotency-Key': newId() } }
    const path = kind === 'project' ? ('/api/projects/{id}/restore' as const) : ('/api/labels/{id}/restore' as const)
    const sent = persistently(() => written(api.POST(path, { params })))
    this.undoable(sent.then(({ revision }) => revision), currentMessages().done.restored(item.name), () => void this.restoreNamed(kind, item))
    await sent.then(() => this.client.invalidateQueries({ queryKey: kind === 'project' ? keys.projects : keys.labels }), () => undefined)
  }

  async purge(task: Task): Promise<void> {
    try {
      await this.edits.purge(task.id)
      toast(currentMessages().done.purged(task.title))
    } catch (error) {
      this.sayFailure(error, () => void this.purge(task))
    }
  }

  async emptyTrash(): Promise<void> {
    const key = newId()
    try {
      await persistently(() => written(api.DELETE('/api/trash', { params: { header: { 'Idempotency-Key': key } } })))
      await this.client.invalidateQueries()
      toast(currentMessages().done.trashEmptied)
    } catch (error) {
      this.sayFailure(error, () => void this.emptyTrash())
    }
  }

  /** Says what was done with a way back, and what went wrong with a way on. */
  undoable(sent: Promise<string | Batched>, said: string | null, again: () => void): void {
    const { done } = currentMessages()
    const made = sent.then((result) => (typeof result === 'string' ? { revisions: [result], refused: 0 } : result))
    const undo = () => void made.then(({ revisions }) => this.undo(revisions), () => undefined)
    const shown = said === null ? null : toast(said, { action: { label: done.undo, run: undo, undoes: true } })
    made.then(
      ({ refused }) => refused > 0 && toast(done.someRefused(refused), { tone: 'problem' }),
      (error: unknown) => {
        if (shown !== null) dismiss(shown)
        this.sayFailure(error, again)
      },
    )
  }

  async undo(revisions: readonly string[]): Promise<void> {
    const { done } = currentMessages()
    try {
      for (const revision of revisions.toReversed()) await this.edits.revert(revision)
      void this.client.invalidateQueries({ queryKey: ['trashed'] })
      toast(done.undone, { stays: 3_000 })
    } catch (error) {
      const conflict = error instanceof ApiError && error.code === 'undo_conflict'
      toast(done.undoFailed(conflict ? done.undoConflict : explain(error, currentMessages())), { tone: 'problem', stays: 8_000 })
    }
  }

  /** For what was not begun by an edit: the reason, without a way on. */
  readonly sayFailed = (error: unknown): void => {
    const messages = currentMessages()
    toast(messages.done.failed(explain(error, messages)), { tone: 'problem', stays: 12_000 })
  }

  private sayFailure(error: unknown, again: () => void): void {
    const messages = currentMessages()
    const { done } = messages
    if (error instanceof Overtaken) this.askWhichStays(error)
    else toast(done.failed(explain(error, messages)), { tone: 'problem', stays: 12_000, action: { label: done.retry, run: again } })
  }
  /** Shows both versions; over another dialog it waits in a toast. */
  private askWhichStays({ current: theirs, mine }: Overtaken): void {
    const { done } = currentMessages()
    const now = currentOverlay()
    const ask = () => openOverlay({ type: 'conflict', theirs, mine })
    if (now.type === 'none' || (now.type === 'conflict' && now.theirs.id === theirs.id)) ask()
    else toast(done.overtaken(theirs.title), { tone: 'problem', stays: null, action: { label: done.compare, run: ask } })
  }
}
