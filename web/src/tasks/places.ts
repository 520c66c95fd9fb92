import type { TaskPatch } from '@/api/types'

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
