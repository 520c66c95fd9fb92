import type { Task, TaskPatch } from '@/api/types'
import { changeFor, type Column } from '../board/columns'
import { type Day, dayOf, onDay } from '../dates'
import type { Reader } from '../reader'
import type { View } from '../views'

/** Tasks under one heading: of a group, of a day, or all of them under none. */
export interface Section {
  key: string
  column: Column
  day: Day | 'overdue' | null
  tasks: readonly Task[]
  /** Which of the lists that are read it is part of, and whether that may have more after this. */
  list: number
  more: boolean
  headed: boolean
  shut: boolean
  /** Its order is the person's own. */
  manual: boolean
  /** What a task put here becomes; null where nothing about it does. */
  change: (task: Task) => TaskPatch | null
  /** Tasks can be put here from elsewhere. */
  open: boolean
}

export type Item =
  | { type: 'heading' | 'waiting' | 'failed'; key: string; section: number }
  | { type: 'task'; key: string; section: number; at: number; task: Task }

/** A list or one of its groups as it is read. */
export interface Read {
  tasks: readonly Task[]
  more: boolean
  state: 'waiting' | 'failed' | 'read'
}

/** Days where a list of dates is not cut into groups. */
export function sectionsOf(view: View, columns: readonly Column[], reads: readonly Read[], { day, zone }: Pick<Reader, 'day' | 'zone'>, shut: ReadonlySet<string>): Section[] {
  const [only] = columns
  const byDay = only?.value === '' && only.query.sort === 'due' && (view.kind === 'today' || view.kind === 'upcoming')
  return byDay ? daysOf(only, reads[0]!, day, zone, shut) : groupsOf(columns, reads, shut)
}

/** One section for each group. */
export function groupsOf(columns: readonly Column[], reads: readonly Read[], shut: ReadonlySet<string>): Section[] {
  return columns.map((column, list) => ({
    key: column.key,
    column,
    day: null,
    tasks: reads[list]?.tasks ?? [],
    list,
    more: reads[list]?.more ?? false,
    headed: columns.length > 1 || column.value !== '',
    shut: shut.has(column.key),
    manual: column.manual,
    change: (task) => changeFor(task, column),
    open: true,
  }))
}

/** One list in order of dates, cut by days. What is overdue is one section, and nothing is put there. */
export function daysOf(column: Column, { tasks, more }: Read, day: Day, zone: string, shut: ReadonlySet<string>): Section[] {
  const days = new Map<Day | 'overdue', Task[]>()
  for (const task of tasks) {
    const due = task.due ? dayOf(task.due, zone) : day
    const on = due < day ? 'overdue' : due
    const there = days.get(on)
    if (there) there.push(task)
    else days.set(on, [task])
  }
  return [...days].map(([on, those], at) => ({
    key: `day:${on}`,
    column,
    day: on,
    tasks: those,
    list: 0,
    more: more && at === days.size - 1,
    headed: true,
    shut: shut.has(`day:${on}`),
    manual: false,
    change: (task) => (on === 'overdue' || (task.due && dayOf(task.due, zone) === on) ? null : { due: onDay(task.due, on, zone) }),
    open: on !== 'overdue',
  }))
}

/** What the list shows from top to bottom. */
export function itemsOf(sections: readonly Section[], reads: readonly Read[]): Item[] {
  const items: Item[] = []
  for (const [section, { key, list, headed, shut, tasks, more }] of sections.entries()) {
    const state = reads[list]?.state ?? 'waiting'
    if (headed) items.push({ type: 'heading', key, section })
    if (shut) continue
    for (const [at, task] of tasks.entries()) items.push({ type: 'task', key: task.id, section, at, task })
    if (state !== 'read' && (tasks.length === 0 || (state === 'failed' && more))) items.push({ type: state, key: `${key}:${state}`, section })
  }
  return items
}

export interface Spot {
  section: number
  /** Before which of its tasks. */
  index: number
}

/** Where a row would go that is held over this item, in its lower half or not. */
export function spotAt(sections: readonly Section[], item: Item, below: boolean): Spot | null {
  const section = sections[item.section]
  if (!section?.open) return null
  if (item.type === 'task') return { section: item.section, index: item.at + (below ? 1 : 0) }
  return { section: item.section, index: item.type === 'heading' ? 0 : section.tasks.length }
}

/** Where tasks go by one step of a key: past one neighbour, or into the next section that takes any. */
export function stepFrom(sections: readonly Section[], from: number, ids: ReadonlySet<string>, down: boolean): Spot | null {
  const here = sections[from]
  if (!here) return null
  if (here.manual) {
    const first = here.tasks.findIndex(({ id }) => ids.has(id))
    const last = here.tasks.findLastIndex(({ id }) => ids.has(id))
    if (!down && first > 0) return { section: from, index: first - 1 }
    if (down && last < here.tasks.length - 1) return { section: from, index: last + 2 }
    if (down && here.more) return null
  }
  const by = down ? 1 : -1
  for (let section = from + by; sections[section]; section += by) {
    const next = sections[section]!
    if (next.open && !next.shut) return { section, index: down ? 0 : next.tasks.length }
  }
  return null
}
