import type { QueryClient } from '@tanstack/react-query'
import { api, persistently, written } from '@/api/client'
import { newId } from '@/api/ids'
import type { Made } from '@/api/outbox'
import { ApiError } from '@/api/problem'
import type { Label, Project, Task, TaskPatch } from '@/api/types'
import { explain } from '@/ui/explain'
import { currentMessages } from '@/ui/messages'
import { toast } from '@/ui/toast'
import type { Batched, BatchPatch } from './batch'
import { type Again, Doing, type Manner } from './doing'
import type { TaskEdits } from './edits'
import { InPassing } from './in-passing'
import { isOpen } from './lists'
import { colorAt } from './marks'
import { keys } from './queries'
import { sayChange } from './saying'

const LOOK_AT_IT = 800

interface NamedDraft {
  name: string
  color?: string | null
}

/** Fields that are set in steps: one toggle of a label after the other, a day and then a time. */
const GATHERED = ['description', 'label_ids', 'due', 'start']

/** What a person can do to tasks: the edit, what is said about it, and the way back. */
export class TaskActions {
  private readonly doing: Doing
  readonly inPassing: InPassing

  constructor(
    readonly edits: TaskEdits,
    private readonly client: QueryClient,
  ) {
    this.doing = new Doing(edits)
    this.inPassing = new InPassing(client)
  }

  /** Changes one task; false when it failed, which is said. */
  change(id: string, patch: TaskPatch, seen?: Task): Promise<boolean> {
    const sent = this.withMade(this.edits.patch(id, patch, seen), [id], patch)
    const fields = Object.keys(patch).join()
    const about = `${id}:${fields}`
    const manner = { about, key: GATHERED.includes(fields) ? about : undefined, typed: fields === 'description', words: patch.title }
    return this.doing.carry(sent, this.said(id, patch), () => void this.change(id, patch, seen), manner)
  }

  changeAll(ids: readonly string[], patch: BatchPatch): void {
    const [only] = ids
    const { add_label_ids, remove_label_ids, ...plain } = patch
    if (ids.length === 1 && only && !add_label_ids && !remove_label_ids) void this.change(only, plain)
    else this.undoable(this.withMade(this.edits.many(ids, patch), ids, patch), only && ids.length === 1 ? this.said(only, patch) : currentMessages().done.changedMany(ids.length), (rest = ids) => this.changeAll(rest, patch), { size: ids.length })
  }

  /** Changes each task in its own way; null leaves it. */
  changeEach(ids: readonly string[], patchOf: (task: Task) => TaskPatch | null): void {
    const patches = new Map<string, TaskPatch>()
    for (const id of ids) {
      const task = this.edits.find(id)
      const patch = task ? patchOf(task) : null
      if (patch) patches.set(id, patch)
    }
    const meant = [...patches.keys()]
    const [only] = meant
    if (only === undefined) return
    if (meant.length === 1) return void this.change(only, patches.get(only)!)
    const sent = this.edits.many(meant, (id) => patches.get(id)!)
    this.undoable(sent, currentMessages().done.changedMany(meant.length), (rest = meant) => this.changeEach(rest, ({ id }) => patches.get(id) ?? null), { size: meant.length })
  }

  /** With what was made for it in passing. */
  private withMade(sent: Promise<string | Batched>, ids: readonly string[], { project_id, label_ids, add_label_ids }: BatchPatch): Promise<string | Batched> {
    const named = [project_id ?? [], label_ids ?? [], add_label_ids ?? []].flat()
    const made = this.inPassing.claim(named)
    if (made.length === 0) return sent
    return sent.then(
      (result) => {
        const batched = typeof result === 'string' ? { revisions: [result], refused: 0 } : result
        return { ...batched, takeBack: async () => [...(await this.inPassing.onlyFor(ids, made)), ...batched.revisions] }
      },
      (error: unknown) => {
        for (const one of made) this.inPassing.note(one)
        throw error
      },
    )
  }

  private said(id: string, patch: BatchPatch): string {
    const project = this.client.getQueryData<Project[]>(keys.projects)?.find((other) => other.id === patch.project_id)
    return sayChange(this.edits.find(id)?.title ?? '', patch, project?.name)
  }

  /** Makes one field what it was in an earlier version. */
  putBack(task: Task, patch: TaskPatch, field: string): void {
    this.undoable(this.edits.patch(task.id, patch), currentMessages().done.putBack(field), () => this.putBack(task, patch, field))
  }

  /** Puts tasks elsewhere: into another column, at another place, or both. */
  move(tasks: readonly Task[], patch: TaskPatch | ((task: Task) => TaskPatch), place: TaskPatch['place'], to: string | null): void {
    const { done } = currentMessages()
    const [first] = tasks
    if (!first) return
    const ids = tasks.map(({ id }) => id)
    const after = (id: string): TaskPatch['place'] => (id === first.id || place === undefined ? place : { after: ids[ids.indexOf(id) - 1]! })
    const again: Again = (rest = ids) => this.move(within(tasks, rest), patch, after(rest[0]!), to)
    const placed = (index: number): TaskPatch => {
      const change = typeof patch === 'function' ? patch(tasks[index]!) : patch
      return place === undefined ? change : { ...change, place: index === 0 ? place : { after: ids[index - 1]! } }
    }
    if (tasks.length === 1) this.undoable(this.edits.patch(first.id, placed(0)), to === null ? done.moved(first.title) : done.movedTo(first.title, to), again)
    else this.undoable(this.edits.many(ids, (_, index) => placed(index)), done.movedMany(ids.length, to), again, { size: ids.length })
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
    this.edits.linger(open.map(({ id }) => id), LOOK_AT_IT)
    const again: Again = (rest) => this.complete(within(open, rest))
    if (open.length === 1) this.undoable(this.edits.patch(first.id, { status: 'done' }), done.completed(first.title), again)
    else this.undoable(this.edits.many(open.map(({ id }) => id), { status: 'done' }), done.completedMany(open.length), again, { size: open.length })
  }

  remove(tasks: readonly Task[]): void {
    const { done } = currentMessages()
    const [first] = tasks
    if (!first) return
    const again: Again = (rest) => this.remove(within(tasks, rest))
    if (tasks.length === 1) this.undoable(this.edits.trash(first.id), done.deleted(first.title), again)
    else this.undoable(this.edits.many(tasks.map(({ id }) => id), 'trash'), done.deletedMany(tasks.length), again, { size: tasks.length })
  }

  restore(task: Task): void {
    this.undoable(this.edits.restore(task.id), currentMessages().done.restored(task.title), () => this.restore(task))
  }

  /** `strict`: a name that is taken is an error, not what was wanted. */
  makeLabel(draft: NamedDraft, { strict = false } = {}): Promise<Label> {
    const id = newId()
    const fresh = { id, color: this.nextColor(keys.labels), ...draft }
    const send = () => written(api.POST('/api/labels', { params: { header: { 'Idempotency-Key': id } }, body: fresh }))
    return this.makeNamed<Label>('labels', draft.name, send, strict)
  }

  makeProject(draft: NamedDraft, { strict = false } = {}): Promise<Project> {
    const id = newId()
    const fresh = { id, color: this.nextColor(keys.projects), ...draft }
    const send = () => written(api.POST('/api/projects', { params: { header: { 'Idempotency-Key': id } }, body: fresh }))
    return this.makeNamed<Project>('projects', draft.name, send, strict)
  }

  /** Made without a colour chosen, it gets the next one round. */
  private nextColor(key: readonly string[]): string {
    const count = this.client.getQueryData<unknown[]>(key)?.length ?? 0
    return colorAt(count)
  }

  /** A name that somebody else took in the meantime is as good as made. */
  private async makeNamed<D extends { id: string; name: string }>(kind: Made['kind'], name: string, send: () => Promise<{ data: D; revision: string }>, strict: boolean): Promise<D> {
    const key = keys[kind]
    const same = (item: D) => item.name.toLowerCase() === name.toLowerCase()
    try {
      const { data: item, revision } = await persistently(send)
      if (!strict) this.inPassing.note({ kind, id: item.id, revision })
      else this.undoable(Promise.resolve(revision), currentMessages().done.made(item.name), () => undefined, { size: Infinity })
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

  editProject(project: Project, patch: Partial<NamedDraft>): Promise<void> {
    const params = { path: { id: project.id }, header: { 'If-Match': `"${project.version}"`, 'Idempotency-Key': newId() } }
    return this.editNamed<Project>(keys.projects, project, () => written(api.PATCH('/api/projects/{id}', { params, body: patch })))
  }

  editLabel(label: Label, patch: Partial<NamedDraft>): Promise<void> {
    const params = { path: { id: label.id }, header: { 'If-Match': `"${label.version}"`, 'Idempotency-Key': newId() } }
    return this.editNamed<Label>(keys.labels, label, () => written(api.PATCH('/api/labels/{id}', { params, body: patch })))
  }

  /** Throws what the form is to say. Where somebody else was first, what they left is what is edited next. */
  private async editNamed<D extends { id: string; name: string; version: number }>(key: readonly string[], item: D, send: () => Promise<{ data: D; revision: string }>): Promise<void> {
    try {
      const { data, revision } = await persistently(send)
      this.replaceNamed(key, data)
      if (data.version > item.version) this.undoable(Promise.resolve(revision), currentMessages().done.changed(data.name), () => undefined)
    } catch (error) {
      if (error instanceof ApiError && error.status === 412 && error.problem.current) this.replaceNamed(key, error.problem.current as unknown as D)
      throw error
    }
  }

  private replaceNamed<D extends { id: string }>(key: readonly string[], item: D): void {
    this.client.setQueryData<D[]>(key, (items) => items?.map((other) => (other.id === item.id ? item : other)))
  }

  removeProject(project: Project): void {
    const params = { path: { id: project.id }, header: { 'Idempotency-Key': newId() } }
    const sent = persistently(() => written(api.DELETE('/api/projects/{id}', { params })))
    this.removeNamed(keys.projects, project.id, sent)
    this.undoable(sent.then(({ revision }) => revision), currentMessages().projects.deleted(project.name), () => this.removeProject(project), { size: Infinity })
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
    sent.then(() => void this.client.invalidateQueries({ queryKey: keys.trashed }), reread)
  }

  async restoreNamed(kind: 'project' | 'label', item: { id: string; name: string }): Promise<void> {
    const params = { path: { id: item.id }, header: { 'Idempotency-Key': newId() } }
    const path = kind === 'project' ? ('/api/projects/{id}/restore' as const) : ('/api/labels/{id}/restore' as const)
    const sent = persistently(() => written(api.POST(path, { params })))
    this.undoable(sent.then(({ revision }) => revision), currentMessages().done.restored(item.name), () => void this.restoreNamed(kind, item), { size: Infinity })
const reread = [kind === 'project' ? keys.projects : keys.labels, keys.trashed]
    await sent.then(() => Promise.all(reread.map((queryKey) => this.client.invalidateQueries({ queryKey }))), () => undefined)
  }

  async purge(task: Task): Promise<void> {
    try {
      await this.edits.purge(task.id)
      toast(currentMessages().done.purged(task.title))
    } catch (error) {
      this.doing.sayFailure(error, () => void this.purge(task))
    }
  }

  async emptyTrash(): Promise<void> {
    const key = newId()
    try {
      await persistently(() => written(api.DELETE('/api/trash', { params: { header: { 'Idempotency-Key': key } } })))
      await this.client.invalidateQueries()
      toast(currentMessages().done.trashEmptied)
    } catch (error) {
      this.doing.sayFailure(error, () => void this.emptyTrash())
    }
  }

  /** Says what was done with a way back, and what went wrong with a way on. */
  undoable(sent: Promise<string | Batched>, said: string | null, again: Again, manner: Manner = {}): void {
    void this.doing.carry(sent, said, again, manner)
  }

  get canUndo(): boolean {
    return this.doing.canUndo
  }

  /** The newest thing that can be taken back, for the keyboard. */
  undoLast(): boolean {
    return this.doing.undoLast()
  }

  /** For what was not begun by an edit: the reason, without a way on. */
  readonly sayFailed = (error: unknown): void => {
    const messages = currentMessages()
    toast(messages.done.failed(explain(error, messages)), { tone: 'problem', stays: 12_000 })
  }
}

function within(tasks: readonly Task[], ids?: readonly string[]): readonly Task[] {
  const meant = ids && new Set(ids)
  return meant ? tasks.filter(({ id }) => meant.has(id)) : tasks
}
