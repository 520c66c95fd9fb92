import type { Change, Task, TaskPatch } from '@/api/types'

/** What a person can set, and so set back. */
export const FIELDS = ['title', 'description', 'status', 'priority', 'start', 'due', 'project_id', 'parent_id', 'label_ids'] as const
export type Field = (typeof FIELDS)[number]

export interface Line {
  field: Field
  before: unknown
  after: unknown
  /** The task is as it was left then: there is nothing to restore. */
  current: boolean
}

export interface Entry {
  key: string
  at: string
  by: string
  what: 'created' | 'changed' | 'placed' | 'trashed' | 'restored'
  lines: Line[]
  /** What makes the task as a whole what it was then; nothing where it is so now. */
  version: TaskPatch
}

/** The history of a task, newest first, as entries that say something to a person. */
export function entriesOf(changes: readonly Change[], task: Task): Entry[] {
  const since: Partial<Record<Field, unknown>> = {}
  return changes.flatMap((change): Entry[] => {
    const version = Object.fromEntries(Object.entries(since).filter(([field, then]) => !same(then, task[field as Field]))) as TaskPatch
    const entry = { key: `${change.revision}:${change.version}`, at: change.at, by: change.by, version }
    for (const field of FIELDS) if (change.fields[field]) since[field] = change.fields[field][0] ?? null
    const lines = FIELDS.flatMap((field) => {
      const pair = change.fields[field]
      return pair ? { field, before: pair[0] ?? null, after: pair[1] ?? null, current: same(pair[1] ?? null, task[field]) } : []
    })
    if (change.op === 'create') return [{ ...entry, what: 'created', lines: lines.filter(({ field, current }) => !current && (field === 'title' || field === 'description')) }]
    if (change.op === 'trash') return [{ ...entry, what: 'trashed', lines: [] }]
    if (change.op === 'restore') return [{ ...entry, what: 'restored', lines: [] }]
    if (lines.length > 0) return [{ ...entry, what: 'changed', lines }]
    return 'position' in change.fields ? [{ ...entry, what: 'placed', lines: [] }] : []
  })
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

export function patchOf({ field, after }: Line): TaskPatch {
  return { [field]: after }
}

/** Which ids came to a list of them, and which went. */
export function difference(before: unknown, after: unknown): { added: string[]; removed: string[] } {
  const list = (value: unknown) => (Array.isArray(value) ? value.map(String) : [])
  const old = list(before)
  const now = list(after)
  return { added: now.filter((id) => !old.includes(id)), removed: old.filter((id) => !now.includes(id)) }
}
