import { type FirstReads, keepReads } from '@/api/before-code'
import type { Label, Project, TaskPage } from '@/api/types'
import { type Day, endOf } from './dates'
import type { ListQuery } from './lists'
import { filtersIn, queryOf, type View } from './views'

/** How many tasks a list begins with, and how many it reads on with. */
export const FIRST = 30
export const PAGE = 100

/** The lists that everybody has, and which one a path is of. */
export const EVERYBODYS = ['inbox', 'today', 'upcoming', 'all'] as const satisfies readonly View['kind'][]
export const PLAIN = filtersIn(new URLSearchParams())

/** What is drawn with tasks, as it was last. */
interface Names {
  projects: readonly Project[]
  labels: readonly Label[]
}

/** The beginning of a list. */
export interface FirstRead extends Names {
  query: ListQuery
  page: TaskPage
  at: number
}

/** More names are not kept for that. */
const MOST_NAMES = 100

/** As long as painting may take that nobody tells of. */
const PAINTED = 200
/** Longer than that, the rest of the code does not wait for the first rows. */
const PATIENCE = 1_500

/** Where the first sight of a list began, and the height of each of its items, by their keys; in pixels. */
interface FirstLaid {
  top: number
  heights: ReadonlyMap<string, number>
}

let known: FirstRead | null = null
let laid: FirstLaid | null = null
let show: () => void = () => undefined
const shown = new Promise<void>((resolve) => {
  show = resolve
})
const reading = typeof window !== 'undefined' && globalThis.firstRead ? read(globalThis.firstRead) : undefined

async function read({ query, about, answer }: NonNullable<typeof globalThis.firstRead>): Promise<FirstRead | null> {
  try {
    const answered = await answer
    if (answered.ok) known = { ...(about as Names), query: query as ListQuery, page: (await answered.json()) as TaskPage, at: Date.now() }
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

export function keepFirstLaid(seen: FirstLaid): void {
  laid = seen
}

export function currentFirstLaid(): FirstLaid | null {
  return laid
}

export function dropFirstRead(): void {
  known = null
  laid = null
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
export function keepFirstReads(day: Day, zone: string, projects: readonly Project[], labels: readonly Label[]): void {
  if (projects.length + labels.length > MOST_NAMES) return keepReads(null)
  const paths = EVERYBODYS.map((kind) => {
    const query = queryOf({ kind }, PLAIN, day)
    const search = new URLSearchParams({ ...(query as Record<string, string>), limit: String(FIRST) })
    const until = query.due_before || query.due_after ? endOf({ date: day }, zone) : Number.MAX_SAFE_INTEGER
    return [`/${kind}`, { url: `/api/tasks?${search}`, query, until }]
  })
  const about: Names = { projects: projects.filter(isSent), labels: labels.filter(isSent) }
  keepReads({ about, paths: Object.fromEntries(paths) as FirstReads['paths'] })
}

/** The outbox keeps the others. */
export function isSent({ version }: { version: number }): boolean {
  return version > 0
}
