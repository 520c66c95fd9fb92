'use client'

import { usePathname, useSearchParams } from 'next/navigation'
import { useMemo, useState } from 'react'
import { type Filters, filtersIn, searchOf } from '../views'

/**
 * The filters of the list that is shown. They live in its URL; while a task's URL covers that, the list
 * below keeps the ones it had.
 */
export function useFilters(path: string): [Filters, (next: Partial<Filters>) => void] {
  const search = useSearchParams().toString()
  const covered = usePathname().startsWith('/task/')
  const [kept, setKept] = useState(covered ? '' : search)
  if (!covered && kept !== search) setKept(search)
  const filters = useMemo(() => filtersIn(new URLSearchParams(covered ? kept : search)), [covered, kept, search])
  const change = (next: Partial<Filters>) => {
    const url = path + searchOf({ ...filters, ...next })
    if (covered) history.pushState(null, '', url)
    else history.replaceState(null, '', url)
  }
  return [filters, change]
}
