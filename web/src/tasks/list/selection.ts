'use client'

import { useMemo, useState } from 'react'

export interface Selection {
  selected: ReadonlySet<string>
  toggle: (id: string) => void
  /** Everything from where it began (or `from`) to this one, instead of what was reached before. */
  extend: (id: string, order: readonly string[], from: string | null) => void
  choose: (ids: readonly string[]) => void
  /** The next range begins anew. */
  settle: () => void
  clear: () => void
}

export interface Chosen {
  selected: ReadonlySet<string>
  /** Where a range begins, and what the last one took that was not selected before. */
  anchor: string | null
  reach: readonly string[]
}

export const NOTHING: Chosen = { selected: new Set(), anchor: null, reach: [] }

/** Which tasks are selected, to be changed together. */
export function useSelection(): Selection {
  const [chosen, become] = useState(NOTHING)
  const changes = useMemo(
    () => ({
      toggle: (id: string) => become((now) => toggled(now, id)),
      extend: (id: string, order: readonly string[], from: string | null) => become((now) => extended(now, id, order, from)),
      choose: (ids: readonly string[]) => become({ ...NOTHING, selected: new Set(ids) }),
      settle: () => become((now) => (now.anchor === null ? now : { ...now, anchor: null, reach: [] })),
      clear: () => become(NOTHING),
    }),
    [],
  )
  return useMemo(() => ({ ...changes, selected: chosen.selected }), [changes, chosen.selected])
}

export function toggled({ selected }: Chosen, id: string): Chosen {
  const next = new Set(selected)
  if (!next.delete(id)) next.add(id)
  return { selected: next, anchor: id, reach: [] }
}

export function extended({ selected, anchor, reach }: Chosen, id: string, order: readonly string[], from: string | null): Chosen {
  const start = anchor !== null && order.includes(anchor) ? anchor : from
  const next = new Set(selected)
  for (const other of reach) next.delete(other)
  const taken = between(order, start, id).filter((other) => !next.has(other))
  for (const other of taken) next.add(other)
  return { selected: next, anchor: start ?? id, reach: taken }
}

/** Both ends and what lies between them, whichever comes first. */
export function between(order: readonly string[], start: string | null, end: string): readonly string[] {
  const one = order.indexOf(start ?? '')
  const other = order.indexOf(end)
  if (other < 0) return []
  if (one < 0) return [end]
  return order.slice(Math.min(one, other), Math.max(one, other) + 1)
}
