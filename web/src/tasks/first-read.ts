import { type FirstReads, keepReads } from '@/api/before-code'
import type { Label, Project, TaskPage } from '@/api/types'
import { type Day, endOf } from './dates'
import type { ListQuery } from './lists'
import { filtersIn, queryOf, type View } from './views'

/** How many tasks a list begins with, and how many it reads on with. */
export const FIRST = 30
export const PAGE = 100
export const NAMES = 200

/** The lists that everybody has, and which one a path is of. */
export const EVERYBODYS = ['inbox', 'today', 'upcoming', 'all'] as const satisfies readonly View['kind'][]
export const PLAIN = filtersIn(new URLSearchParams())

/** The beginning of a list with all that is drawn with it. */
export interface FirstRead {
  query: ListQuery
  page: TaskPage
  projects: Project[]
  labels: Label[]
  at: number
}

type Named<D> = { items: D[]; next_cursor: string | null }

/** As long as painting may take that nobody tells of. */
const PAINTED = 200
/** Longer than that, the rest of the code does not wait for the first rows. */
const PATIENCE = 1_500

let known: FirstRead | null = null
let show: () => void = () => undefined
const shown = new Promise<void>((resolve) => {
  show = resolve
})
const asked = typeof window === 'undefined' ? undefined : globalThis.firstReads
const reading = asked && read(asked.about as ListQuery, asked.answers)

async function read(query: ListQuery, answers: Promise<Response[]>): Promise<FirstRead | null> {
  try {
    const [page, projects, labels] = (await Promise.all((await answers).map((answer) => (answer.ok ? answer.json() : Promise.reject(answer))))) as [TaskPage, Named<Project>, Named<Label>]
    if (projects.next_cursor === null && labels.next_cursor === null) known = { query, page, projects: projects.items, labels: labels.items, at: Date.now() }
  } catch {
    // It is asked for again by whoever needs it.
  }
  if (!known) show()
  return known
}

/** What was asked for before the code was there; null where nothing was, or where it did not come. */
export async function firstRead(): Promise<FirstRead | null> {
  return (await reading) ?? null
}

/** The same as far as it is here, until it is dropped. */
export function currentFirstRead(): FirstRead | null {
  return known
}

export function dropFirstRead(): void {
  known = null
}

/** Resolves when the rest of the code may come: first comes what is to be seen. */
export async function sightShown(): Promise<void> {
  if (reading) await Promise.race([shown, new Promise((tired) => setTimeout(tired, PATIENCE))])
}

/** Said once the first rows are drawn: a moment later they are on the screen. */
export function sightDrawn(): void {
  new PerformanceObserver(show).observe({ type: 'largest-contentful-paint' })
  setTimeout(show, PAINTED)
}

/** Has the lists that everybody has asked for at their next start, some only until the day ends. */
export function keepFirstReads(day: Day, zone: string): void {
  const reads = EVERYBODYS.map((kind): [string, FirstReads] => {
    const query = queryOf({ kind }, PLAIN, day)
    const search = new URLSearchParams({ ...(query as Record<string, string>), limit: String(FIRST) })
    const until = query.due_before || query.due_after ? endOf({ date: day }, zone) : Number.MAX_SAFE_INTEGER
    return [`/${kind}`, { urls: [`/api/tasks?${search}`, `/api/projects?limit=${NAMES}`, `/api/labels?limit=${NAMES}`], about: query, until }]
  })
  keepReads(Object.fromEntries(reads))
}
