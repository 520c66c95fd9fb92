import type { Priority, Status, Task, TaskPatch } from '@/api/types'
import type { Day } from '../dates'
import { type ListQuery, PRIORITIES, STATUSES } from '../lists'
import type { Starter } from '../overlays'
import { type Filters, isBoard, queryOf, starterOf, type View } from '../views'

export type Grouping = 'status' | 'priority' | 'project'

export interface Column {
  key: string
  /** What of the grouping it holds: a status, a priority, a project's id or "none". */
  value: string
  query: ListQuery
  /** What a card becomes that is put here. */
  patch: TaskPatch
  starter: Starter
  /** Its order is the person's own: a card can be put between two others. */
  manual: boolean
}

export function groupingsOf(view: View): Grouping[] {
  return view.kind === 'project' || view.kind === 'inbox' ? ['status', 'priority'] : ['status', 'priority', 'project']
}

/** A board is always cut, by status if by nothing else; a list only where somebody wants it. */
export function groupingOf(view: View, filters: Filters): Grouping | null {
  return groupingsOf(view).find((grouping) => grouping === filters.by) ?? (isBoard(filters) ? 'status' : null)
}

/** What a view can be cut by, and what the address calls it. */
export function groupingChoices(view: View, filters: Filters): { by: Grouping | null; value: string }[] {
  const all = groupingsOf(view).map((by) => ({ by, value: isBoard(filters) && by === 'status' ? '' : by }))
  return isBoard(filters) ? all : [{ by: null, value: '' }, ...all]
}

/** A view cut into columns or groups, each a list of its own to the server. */
export function columnsOf(view: View, filters: Filters, day: Day, projects: readonly { id: string }[]): Column[] {
  const grouping = groupingOf(view, filters)
  const whole = queryOf(view, filters, day)
  const make = (value: string, query: ListQuery, patch: TaskPatch): Column => {
    const asked = { ...whole, ...query }
    return { key: `${grouping}:${value}`, value, query: asked, patch, starter: { ...starterOf(view, day), ...(patch as Starter) }, manual: asked.sort === 'position' }
  }
  if (grouping === null) return [make('', {}, {})]
  if (grouping === 'status') return statusesOf(filters).map((status) => make(status, { status, ...ended(status, filters) }, { status }))
  if (grouping === 'priority') return prioritiesOf(filters).map((priority) => make(priority, { priority }, { priority }))
  const ids = filters.project ? [filters.project] : ['none', ...projects.map(({ id }) => id)]
  return ids.map((id) => make(id, { project_id: id }, { project_id: id === 'none' ? null : id }))
}

/** What is over has no order of one's own: the last is on top. */
function ended(status: Status, filters: Filters): ListQuery {
  if (filters.sort || filters.q.trim()) return {}
  if (status === 'done') return { sort: '-completed_at' }
  return status === 'cancelled' ? { sort: '-updated_at' } : {}
}

function statusesOf(filters: Filters): readonly Status[] {
  if (filters.status === 'any' || (!filters.status && isBoard(filters))) return STATUSES
  const wanted = (filters.status || 'open').split(',').flatMap((status) => (status === 'open' ? ['todo', 'in_progress'] : [status]))
  return STATUSES.filter((status) => wanted.includes(status))
}

function prioritiesOf(filters: Filters): readonly Priority[] {
  const wanted = filters.priority ? filters.priority.split(',') : PRIORITIES
  return PRIORITIES.toReversed().filter((priority) => wanted.includes(priority))
}

/** What moving a task into the column changes about it; null where nothing does. */
export function changeFor(task: Task, column: Column): TaskPatch | null {
  const entries = Object.entries(column.patch).filter(([name, value]) => task[name as keyof Task] !== value)
  return entries.length > 0 ? (Object.fromEntries(entries) as TaskPatch) : null
}
