import type { Task, TaskPatch } from '@/api/types'

type Place = NonNullable<TaskPatch['place']>

/** Sorts after every position that the server gives. */
export const LAST = '\uffff'

/**
 * Where a task is shown until the server has said where it is: a text that sorts right beside its neighbour's
 * position, and before or after everything else.
 */
export function positionOf(place: Place, find: (id: string) => string | undefined): string {
  if (place === 'first') return ''
  if (place === 'last') return LAST
  if ('after' in place && place.after) return (find(place.after) ?? LAST) + '\u0001'
  const next = 'before' in place && place.before ? find(place.before) : undefined
  if (!next) return ''
  return next.slice(0, -1) + String.fromCharCode(next.charCodeAt(next.length - 1) - 1) + LAST
}

/** The place at `index` among those that are there; undefined in an empty column, where any place is the same. */
export function placeAt(others: readonly { id: string }[], index: number): Place | undefined {
  const before = others[index - 1]
  if (before) return { after: before.id }
  const after = others[index]
  return after && { before: after.id }
}

interface Landing {
  /** Those to write: all of them where their order is one's own, else those that become something else. */
  moved: readonly Task[]
  place: Place | undefined
  /** How many others come before them. */
  before: number
  changed: boolean
}

/** What it takes to put tasks at `index` among those that are there; null where all stays as it is. */
export function landing(tasks: readonly Task[], there: readonly Task[], index: number, manual: boolean, change: (task: Task) => TaskPatch | null): Landing | null {
  const ids = new Set(tasks.map(({ id }) => id))
  const before = there.slice(0, index).filter(({ id }) => !ids.has(id)).length
  const changed = tasks.filter((task) => change(task) !== null)
  if (changed.length === 0 && (!manual || tasks.every((task, at) => there[before + at]?.id === task.id))) return null
  const place = manual ? placeAt(there.filter(({ id }) => !ids.has(id)), before) : undefined
  return { moved: manual ? tasks : changed, place, before, changed: changed.length > 0 }
}
