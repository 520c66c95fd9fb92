import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, body } from '@/api/client'
import type { Label, Project, Stats, Task, TaskPage } from '@/api/types'
import type { ListQuery } from './lists'

/** How many tasks a list begins with, and how many it reads on with. */
export const FIRST = 24
const PAGE = 100

export const keys = {
  lists: ['tasks', 'list'] as const,
  list: (query: ListQuery) => ['tasks', 'list', query] as const,
  tasks: ['tasks', 'one'] as const,
  task: (id: string) => ['tasks', 'one', id] as const,
  projects: ['projects'] as const,
  labels: ['labels'] as const,
  trashed: ['trashed'] as const,
  trashedProjects: ['trashed', 'projects'] as const,
  trashedLabels: ['trashed', 'labels'] as const,
  found: (words: string) => ['found', words] as const,
  stats: ['stats'] as const,
}

export function isList([kind, what]: readonly unknown[]): boolean {
  return kind === keys.lists[0] && what === keys.lists[1]
}

/** Whether a key is of what words found. */
export function isSearch(key: readonly unknown[]): boolean {
  return isList(key) ? Boolean((key[2] as ListQuery).q) : key[0] === 'found'
}

/** The outbox keeps the others. */
export function isSent({ version }: { version: number }): boolean {
  return version > 0
}

/** Told the revision each page was read at: the live feed starts there. */
export type ReadAt = (revision: string) => void

export const listOptions = (query: ListQuery, readAt: ReadAt) =>
  infiniteQueryOptions({
    queryKey: keys.list(query),
    queryFn: async ({ pageParam, signal }): Promise<TaskPage> => {
      const cursor = pageParam ?? undefined
      const limit = cursor === undefined ? FIRST : PAGE
      const page = await body(api.GET('/api/tasks', { params: { query: { ...query, limit, cursor } }, signal }))
      readAt(page.revision)
      return page
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: query.q ? keepPreviousData : undefined,
  })

export const taskOptions = (id: string) =>
  queryOptions({
    queryKey: keys.task(id),
    queryFn: ({ signal }): Promise<Task> => body(api.GET('/api/tasks/{id}', { params: { path: { id } }, signal })),
  })

/** Projects and labels are few enough to hold all of them. */
async function everything<D>(read: (cursor?: string) => Promise<{ items: D[]; next_cursor: string | null }>): Promise<D[]> {
  const items: D[] = []
  let cursor: string | undefined
  do {
    const page = await read(cursor)
    items.push(...page.items)
    cursor = page.next_cursor ?? undefined
  } while (cursor)
  return items
}

const readProjects = (signal: AbortSignal, trashed?: true): Promise<Project[]> =>
  everything((cursor) => body(api.GET('/api/projects', { params: { query: { limit: 200, cursor, trashed } }, signal })))

const readLabels = (signal: AbortSignal, trashed?: true): Promise<Label[]> =>
  everything((cursor) => body(api.GET('/api/labels', { params: { query: { limit: 200, cursor, trashed } }, signal })))

export const projectsOptions = queryOptions({ queryKey: keys.projects, queryFn: ({ signal }) => readProjects(signal) })
export const labelsOptions = queryOptions({ queryKey: keys.labels, queryFn: ({ signal }) => readLabels(signal) })
export const trashedProjectsOptions = queryOptions({ queryKey: keys.trashedProjects, queryFn: ({ signal }) => readProjects(signal, true) })
export const trashedLabelsOptions = queryOptions({ queryKey: keys.trashedLabels, queryFn: ({ signal }) => readLabels(signal, true) })

/** Counts of the whole workspace, or of one project. */
export const statsOf = (project: string | null) =>
  queryOptions({
    queryKey: project === null ? keys.stats : ([...keys.stats, project] as const),
    queryFn: ({ signal }): Promise<Stats> => body(api.GET('/api/tasks/stats', { params: { query: project === null ? {} : { project_id: project } }, signal })),
  })

export const statsOptions = statsOf(null)
