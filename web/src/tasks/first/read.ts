import type { Label, Project } from '@/api/types'
import { today } from '../dates'

/** What is drawn with tasks, as it was last. */
export interface Names {
  zone: string
  projects: readonly Project[]
  labels: readonly Label[]
}

/** What a page asked for before its code was there, in the order it shows it. */
export interface FirstRead extends Names {
  answers: readonly { key: readonly unknown[]; data: unknown }[]
  at: number
}

/** As long as painting may take that nobody tells of. */
const PAINTED = 200
/** Longer than that, the rest of the code does not wait for what is seen first. */
const PATIENCE = 1_500

/** Where the first sight of a list began, and the height of each of its items, by their keys; in pixels. */
export interface FirstLaid {
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

// The first date costs as much as a screen of tasks: it is worked out beside the waiting, not in the midst of drawing.
if (reading) setTimeout(() => today((globalThis.firstRead!.about as Names).zone))

async function read({ about, asked }: NonNullable<typeof globalThis.firstRead>): Promise<FirstRead | null> {
  try {
    const answers = await Promise.all(asked.map(async ({ key, answer }) => ({ key, data: await dataIn(await answer) })))
    known = { ...(about as Names), answers, at: Date.now() }
  } catch {
    // It is asked for again by whoever needs it.
    show()
  }
  return known
}

async function dataIn(answer: Response): Promise<unknown> {
  if (!answer.ok) throw new Error(`${answer.status}`)
  return answer.json()
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

/** Said once that is drawn: a moment later it is on the screen. */
export function sightDrawn(): void {
  new PerformanceObserver(show).observe({ type: 'largest-contentful-paint' })
  setTimeout(show, PAINTED)
}
