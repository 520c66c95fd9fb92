'use client'

import { ChevronDown, Plus } from 'lucide-react'
import type { ReactNode } from 'react'
import { IconButton } from '@/ui/button'
import { cx } from '@/ui/cx'
import { type Messages, useMessages } from '@/ui/messages'
import { type Day, sayDay, sayRestOfDay } from '../dates'
import { openOverlay } from '../overlays'
import type { Reader } from '../reader'
import type { Section } from './sections'

export interface Named {
  name: string
  mark: ReactNode
  /** Said after the name: which date a day is. */
  detail: string
}

export function nameOfDay(day: Day | 'overdue', { day: today, locale }: Reader, { views, days }: Messages): Named {
  if (day === 'overdue') return { name: views.overdue, mark: null, detail: '' }
  return { name: sayDay(day, today, locale, days), mark: null, detail: sayRestOfDay(day, today, locale) }
}

interface HeadingProps extends Named {
  section: Section
  count: string
  fold: () => void
}

/** What a section is called; folds it away, and adds to it. */
export function Heading({ section, name, mark, detail, count, fold }: HeadingProps) {
  const { board } = useMessages()
  const { day, shut, column } = section
  const starter = day && day !== 'overdue' ? { ...column.starter, due: { date: day } } : column.starter
  return (
    <div className="group/heading flex h-12 items-end border-b border-line pb-1 max-sm:mx-2 sm:ml-7 lg:ml-14">
      <h2 className="flex min-w-0 flex-1 items-center text-sm font-semibold">
        <button type="button" aria-expanded={!shut} aria-label={board.column(name, count)} onClick={fold} className="-ml-1 flex h-8 min-w-0 items-center gap-2 rounded-sm px-1 pointer-coarse:-mb-1 pointer-coarse:h-11 text-left">
          <ChevronDown size={15} aria-hidden className={cx('shrink-0 text-faint transition-transform duration-100', shut && '-rotate-90')} />
          {mark}
          <span className={cx('truncate', day === 'overdue' ? 'text-danger' : 'text-ink')}>{name}</span>
          {detail && <span className="shrink-0 font-normal text-faint">{detail}</span>}
          <span className="font-normal text-faint tabular-nums">{count}</span>
        </button>
      </h2>
      {day !== 'overdue' && (
        <IconButton label={board.addTo(name)} className="opacity-0 group-focus-within/heading:opacity-100 group-hover/heading:opacity-100 focus-visible:opacity-100 pointer-coarse:-mb-1 pointer-coarse:size-11 pointer-coarse:opacity-100" onClick={() => openOverlay({ type: 'add', starter })}>
          <Plus size={16} aria-hidden />
        </IconButton>
      )}
    </div>
  )
}
