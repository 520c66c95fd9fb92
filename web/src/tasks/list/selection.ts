'use client'

import { useCallback, useMemo, useRef, useState } from 'react'

export interface Selection {
  selected: ReadonlySet<string>
  toggle: (id: string) => void
  /** Adds everything from the last one that was chosen (or `from`) to this one. */
  extend: (id: string, order: readonly string[], from: string | null) => void
  choose: (ids: readonly string[]) => void
  clear: () => void
}

const NOBODY: ReadonlySet<string> = new Set()

/** Which tasks are selected, to be changed together. */
export function useSelection(): Selection {
  const [selected, setSelected] = useState(NOBODY)
  const last = useRef<string | null>(null)
  const toggle = useCallback((id: string) => {
    last.current = id
    setSelected((now) => {
      const next = new Set(now)
      if (!next.delete(id)) next.add(id)
      return next
    })
  }, [])
  const extend = useCallback((id: string, order: readonly string[], from: string | null) => {
    const start = order.indexOf(last.current ?? '') >= 0 ? last.current : from
    last.current = id
    setSelected((now) => new Set([...now, ...between(order, start, id)]))
  }, [])
  const choose = useCallback((ids: readonly string[]) => setSelected(new Set(ids)), [])
  const clear = useCallback(() => {
    last.current = null
    setSelected(NOBODY)
  }, [])
  return useMemo(() => ({ selected, toggle, extend, choose, clear }), [selected, toggle, extend, choose, clear])
}

/** Both ends and what lies between them, whichever comes first. */
export function between(order: readonly string[], start: string | null, end: string): readonly string[] {
  const one = order.indexOf(start ?? '')
  const other = order.indexOf(end)
  if (other < 0) return []
  if (one < 0) return [end]
  return order.slice(Math.min(one, other), Math.max(one, other) + 1)
}
