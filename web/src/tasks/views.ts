import { addDays, type Day } from './dates'
import type { ListQuery } from './lists'
import type { Starter } from './overlays'

/** The lists that everybody has. */
export const EVERYBODYS = ['inbox', 'today', 'upcoming', 'all'] as const
export type Kind = (typeof EVERYBODYS)[number]

/** A list with a name of its own in the sidebar, or of one project or label. */
export type View =
  | { kind: Kind }
  | { kind: 'project' | 'label'; id: string }

export const SORTS = ['position', 'due', '-created_at', 'created_at', '-updated_at', '-priority'] as const
export type Sort = (typeof SORTS)[number] | '-completed_at'

/** What the person narrowed a list down to; lives in the URL. */
export interface Filters {
  q: string
  status: string
  priority: string
  label: string
  project: string
  due: string
  sort: string
  layout: string
  by: string
}

export const FILTER_NAMES = ['q', 'status', 'priority', 'label', 'project', 'due', 'sort', 'layout', 'by'] as const
export const NARROWING = ['status', 'priority', 'label', 'project', 'due'] as const
export type FilterName = (typeof NARROWING)[number]
/** Of these a list shows what has any one of the values. */
export const MANY: readonly FilterName[] = ['status', 'priority']
export const UNFILTERED = { q: '', status: '', priority: '', label: '', project: '', due: '' }
/** How the tasks are shown, not which. */
const SHAPES: readonly string[] = ['sort', 'layout', 'by']

export function filtersIn(search: URLSearchParams): Filters {
  return Object.fromEntries(FILTER_NAMES.map((name) => [name, search.get(name) ?? ''])) as unknown as Filters
}

/** As a list is where nobody said anything else, and as a board is. */
export const PLAIN = filtersIn(new URLSearchParams())
export const PLAIN_BOARD: Filters = { ...PLAIN, layout: 'board' }

export function searchOf(filters: Filters): string {
  const search = new URLSearchParams()
  for (const name of FILTER_NAMES) if (filters[name]) search.set(name, filters[name])
  const text = search.toString().replaceAll('%2C', ',')
  return text && `?${text}`
}

export function isNarrowed(filters: Filters): boolean {
  return FILTER_NAMES.some((name) => !SHAPES.includes(name) && filters[name] !== '')
}

/** What a filter is once this value of it was chosen: several stand together, but for those that only one can be. */
export function toggled(filters: Filters, name: FilterName, value: string): string {
  const chosen = filters[name].split(',').filter(Boolean)
  if (chosen.includes(value)) return chosen.filter((other) => other !== value).join(',')
  if (!MANY.includes(name) || value === 'any') return value
  return [...chosen.filter((other) => other !== 'any'), value].join(',')
}

export function pathOf(view: View): string {
  return 'id' in view ? `/${view.kind}/${view.id}` : `/${view.kind}`
}

export function isBoard(filters: Filters): boolean {
  return filters.layout === 'board'
}

export function defaultSort(view: View, filters?: Filters): Sort {
  if (filters && isBoard(filters)) return 'position'
  if (view.kind === 'today' || view.kind === 'upcoming') return 'due'
  return view.kind === 'inbox' || view.kind === 'project' ? 'position' : '-created_at'
}

/** The view and its filters as the server is asked. Searching has an order of its own. */
export function queryOf(view: View, filters: Filters, day: Day): ListQuery {
  const query: ListQuery = { ...scopeOf(view, day) }
  const status = filters.status || 'open'
  if (status !== 'any') query.status = status
  if (filters.priority) query.priority = filters.priority
  if (filters.label && view.kind !== 'label') query.label_id = filters.label
  if (filters.project && view.kind !== 'project' && view.kind !== 'inbox') query.project_id = filters.project
  if (filters.due === 'overdue') query.overdue = true
  if (filters.due === 'week' && !query.due_before) query.due_before = addDays(day, 8)
  if (filters.q.trim()) query.q = filters.q.trim()
  else query.sort = filters.sort || defaultSort(view, filters)
  return query
}

function scopeOf(view: View, day: Day): ListQuery {
  if (view.kind === 'inbox') return { project_id: 'none' }
  if (view.kind === 'today') return { due_before: addDays(day, 1) }
  if (view.kind === 'upcoming') return { due_after: addDays(day, 1) }
  if (view.kind === 'project') return { project_id: view.id }
  if (view.kind === 'label') return { label_id: view.id }
  return {}
}

/** What a task added from here has already. */
export function starterOf(view: View, day: Day): Starter {
  if (view.kind === 'today') return { due: { date: day } }
  if (view.kind === 'upcoming') return { due: { date: addDays(day, 1) } }
  if (view.kind === 'project') return { project_id: view.id }
  if (view.kind === 'label') return { label_ids: [view.id] }
  return {}
}
