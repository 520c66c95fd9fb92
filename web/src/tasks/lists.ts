import type { InfiniteData } from '@tanstack/react-query'
import type { Priority, Status, Task, TaskPage, TaskQuery } from '@/api/types'
import { dayOf, endOf, isPast } from './dates'

/** A list's query without its place in the paging. */
export type ListQuery = Omit<TaskQuery, 'limit' | 'cursor'>
export type Pages = InfiniteData<TaskPage, string | null>

/** Where and when the reader is: decides what "before tomorrow" means. */
export interface Viewer {
  zone: string
  now: number
  /** Ids that stay in a list they have just left, until the eye has followed. */
  lingering?: ReadonlySet<string>
}

export const STATUSES: readonly Status[] = ['todo', 'in_progress', 'done', 'cancelled']
export const PRIORITIES: readonly Priority[] = ['none', 'low', 'medium', 'high', 'urgent']
const NEVER = Date.UTC(10_000, 0)

export function isOpen(task: Task): boolean {
  return task.status === 'todo' || task.status === 'in_progress'
}

export function allTasks(pages: { pages: readonly TaskPage[] } | undefined): Task[] {
  return pages ? pages.pages.flatMap((page) => page.items) : []
}

/** Whether the server would answer this task to that query; null where only the server can tell (words). */
export function belongs(task: Task, query: ListQuery, viewer: Viewer): boolean | null {
  if ((task.deleted_at !== null) !== Boolean(query.trashed)) return false
  if (query.status && !statuses(query.status).includes(task.status)) return false
  if (query.priority && !query.priority.split(',').includes(task.priority)) return false
  if (query.project_id && task.project_id !== (query.project_id === 'none' ? null : query.project_id)) return false
  if (query.parent_id && task.parent_id !== (query.parent_id === 'none' ? null : query.parent_id)) return false
  if (query.label_id && !task.label_ids.includes(query.label_id)) return false
  if (query.due_before && !(task.due && isBefore(task.due, query.due_before, viewer))) return false
  if (query.due_after && (!task.due || isBefore(task.due, query.due_after, viewer))) return false
  if (query.overdue && !(task.due && isOpen(task) && isPast(task.due, viewer.zone, viewer.now))) return false
  if (query.completed_after && !(task.completed_at && task.completed_at >= query.completed_after)) return false
  return query.q ? null : true
}

function statuses(text: string): string[] {
  return text.split(',').flatMap((status) => (status === 'open' ? ['todo', 'in_progress'] : [status]))
}

function isBefore(due: NonNullable<Task['due']>, bound: string, viewer: Viewer): boolean {
  if (bound.length === 10) return dayOf(due, viewer.zone) < bound
  return endOf(due, viewer.zone) < Date.parse(bound)
}

type Key = (task: Task, viewer: Viewer) => string | number

const KEYS: Record<string, Key> = {
  created_at: (task) => task.created_at,
  updated_at: (task) => task.updated_at,
  completed_at: (task) => task.completed_at ?? '',
  position: (task) => task.position,
  priority: (task) => PRIORITIES.indexOf(task.priority),
  due: (task, viewer) => (task.due ? endOf(task.due, viewer.zone) : NEVER),
}

export function comparator(query: ListQuery, viewer: Viewer): (one: Task, other: Task) => number {
  const sort = query.sort ?? '-created_at'
  const sign = sort.startsWith('-') ? -1 : 1
  const key = KEYS[sort.replace(/^-/, '')] ?? KEYS.created_at!
  return (one, other) => {
    const a = key(one, viewer)
    const b = key(other, viewer)
    if (a !== b) return a < b ? -sign : sign
    return one.id === other.id ? 0 : one.id < other.id ? -sign : sign
  }
}

/** The list as the server would answer it after these tasks became what they are now (null: gone). */
export function withTasks(pages: Pages, tasks: ReadonlyMap<string, Task | null>, query: ListQuery, viewer: Viewer): Pages {
  const compare = comparator(query, viewer)
  const left = new Map(tasks)
  let touched = false
  const next = pages.pages.map((page) => {
    if (!page.items.some((item) => tasks.has(item.id))) return page
    touched = true
    const items = page.items.flatMap((item) => {
      const now = tasks.get(item.id)
      if (now === undefined) return [item]
      left.delete(item.id)
      if (now === null) return []
      if (belongs(now, query, viewer) === false) return viewer.lingering?.has(now.id) ? [now] : []
      if (!query.q && compare(item, now) !== 0 && sortKeyMoved(item, now, query, viewer)) {
        left.set(item.id, now)
        return []
      }
      return [now]
    })
    return { ...page, items }
  })
  for (const task of left.values()) {
    if (task && belongs(task, query, viewer) === true && insert(next, task, compare)) touched = true
  }
  return touched ? { ...pages, pages: next } : pages
}

function sortKeyMoved(before: Task, after: Task, query: ListQuery, viewer: Viewer): boolean {
  const key = KEYS[(query.sort ?? '-created_at').replace(/^-/, '')] ?? KEYS.created_at!
  return key(before, viewer) !== key(after, viewer)
}

/** Beyond what is loaded it is left to the paging. */
function insert(pages: TaskPage[], task: Task, compare: (one: Task, other: Task) => number): boolean {
  for (const [index, page] of pages.entries()) {
    const last = page.items.at(-1)
    const isEnd = index === pages.length - 1 && page.next_cursor === null
    if (!(last && compare(task, last) < 0) && !isEnd) continue
    const at = page.items.findIndex((item) => compare(task, item) < 0)
    const items = page.items.slice()
    items.splice(at < 0 ? items.length : at, 0, task)
    pages[index] = { ...page, items }
    return true
  }
  return false
}
