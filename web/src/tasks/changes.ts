import type { QueryClient } from '@tanstack/react-query'
import type { Change, Label, Project, Task } from '@/api/types'
import { keys } from './queries'

/** What a batch of changes makes of the tasks that are known, and which can only be learnt by asking. */
export interface Learned {
  tasks: Map<string, Task | null>
  unknown: Set<string>
}

/** Folds changes, oldest first, into what is known. Older news than what is known is no news. */
export function learn(changes: readonly Change[], known: (id: string) => Task | undefined): Learned {
  const learned: Learned = { tasks: new Map(), unknown: new Set() }
  for (const change of changes) {
    if (change.kind !== 'task' || learned.unknown.has(change.id)) continue
    if (change.op === 'purge') {
      learned.tasks.set(change.id, null)
      continue
    }
    const before = learned.tasks.get(change.id) ?? known(change.id)
    if (before && before.version >= change.version) continue
    if (change.op === 'create') learned.tasks.set(change.id, created(change))
    else if (before && before.version === change.version - 1) learned.tasks.set(change.id, merged(before, change))
    else {
      learned.tasks.delete(change.id)
      learned.unknown.add(change.id)
    }
  }
  return learned
}

function after(change: Change): Record<string, unknown> {
  return Object.fromEntries(Object.entries(change.fields).map(([name, [, now]]) => [name, now]))
}

function merged<D extends { version: number; updated_at: string }>(document: D, change: Change): D {
  return { ...document, updated_at: change.at, ...after(change), version: change.version }
}

function created(change: Change): Task {
  const blank: Omit<Task, 'id' | 'workspace_id' | 'version' | 'created_at' | 'updated_at' | 'created_by'> = {
    title: '',
    description: '',
    status: 'todo',
    priority: 'none',
    start: null,
    due: null,
    project_id: null,
    parent_id: null,
    label_ids: [],
    position: '',
    completed_at: null,
    deleted_at: null,
  }
  const stamp = { id: change.id, workspace_id: '', created_at: change.at, updated_at: change.at, created_by: change.by }
  return { ...blank, ...stamp, ...after(change), version: change.version }
}

/** Projects and labels are few: they are changed in place, and read again only where something was missed. */
export function applyNamed(client: QueryClient, changes: readonly Change[]): void {
  for (const [kind, key] of [['project', keys.projects], ['label', keys.labels]] as const) {
    const mine = changes.filter((change) => change.kind === kind)
    if (mine.length === 0) continue
    const items = client.getQueryData<(Project | Label)[]>(key)
    const next = items && mine.reduce<(Project | Label)[] | null>(applied, items)
    if (next) client.setQueryData(key, next)
    else void client.invalidateQueries({ queryKey: key })
    if (mine.some(({ op }) => op !== 'update')) void client.invalidateQueries({ queryKey: keys.trashed })
  }
}

function applied(items: (Project | Label)[] | null, change: Change): (Project | Label)[] | null {
  if (!items) return null
  const before = items.find((item) => item.id === change.id)
  if (before && before.version >= change.version) return items
  if (change.op === 'purge' || change.op === 'trash') return items.filter((item) => item.id !== change.id)
  if (change.op === 'update' && before && before.version === change.version - 1)
    return items.map((item) => (item === before ? merged(before, change) : item))
  return null
}
