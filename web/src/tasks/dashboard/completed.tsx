'use client'

import { useMemo, useState } from 'react'
import { cx } from '@/ui/cx'
import { useMessages } from '@/ui/messages'
import { Chart } from './chart'
import { type DayCount, levelOf, sum, weeksOf } from './figures'
import { useDayNames } from './names'
import { useReader } from '../reader'

const SHADES = ['bg-line', 'bg-good/30', 'bg-good/55', 'bg-good/80', 'bg-good'] as const

/** What was finished on each day of twelve weeks: a column a week, a shade for how much. */
export function Completed({ days, className }: { days: readonly DayCount[]; className?: string }) {
  const { dashboard: words } = useMessages()
  const { weekStart, locale } = useReader()
  const names = useDayNames()
  const [pointed, setPointed] = useState<DayCount | null>(null)
  const weeks = useMemo(() => weeksOf(days, weekStart % 7), [days, weekStart])
  const months = useMemo(() => monthsOf(weeks, locale), [weeks, locale])
  const total = sum(days)
  const said = pointed ? words.onDay(names.long(pointed.date), words.completedCount(pointed.count)) : total > 0 ? words.completedTotal(total) : words.completedNone
  const weekdays = (weeks[1] ?? weeks[0] ?? []).map((day) => (day ? names.weekday(day.date) : ''))
  return (
    <Chart name={words.completed} said={said} columns={[words.day, words.completedColumn]} rows={days.toReversed().map(({ date, count }) => [names.long(date), count.toLocaleString(locale)])} className={className}>
      <div className="grid gap-1 text-xs text-faint" style={{ gridTemplateColumns: `1.75rem repeat(${weeks.length}, minmax(0, 1fr))` }} onPointerLeave={() => setPointed(null)}>
        <span />
        {months.map((month, week) => (
          <span key={week} className="h-4 overflow-visible whitespace-nowrap">
            {month}
          </span>
        ))}
        {weekdays.map((weekday, row) => [
          <span key={weekday} className={cx('self-center', row % 2 === 1 && 'invisible')}>
            {weekday}
          </span>,
          ...weeks.map((week, column) => {
            const day = week[row]
            return day ? (
              <span
                key={day.date}
                onPointerEnter={() => setPointed(day)}
                className={cx('aspect-square max-h-8 w-full rounded-sm', SHADES[levelOf(day.count, days)], pointed === day && 'outline-2 outline-offset-1 outline-ink')}
              />
            ) : (
              <span key={`${row}:${column}`} />
            )
          }),
        ])}
      </div>
      <div className="mt-auto flex items-center justify-end gap-1 pt-4 text-xs text-faint">
        <span className="pr-1">{words.less}</span>
        {SHADES.map((shade) => (
          <span key={shade} className={cx('size-3 rounded-[3px]', shade)} />
        ))}
        <span className="pl-1">{words.more}</span>
      </div>
    </Chart>
  )
}

/** The month's name over the first week that begins in it. */
function monthsOf(weeks: readonly (readonly (DayCount | null)[])[], locale: string): string[] {
  const format = new Intl.DateTimeFormat(locale, { month: 'short', timeZone: 'UTC' })
  let last = ''
  let free = 0
  return weeks.map((week, index) => {
    const first = week.find((day) => day !== null)?.date ?? ''
    const month = first.slice(0, 7)
    if (month === last || index < free) return ''
    last = month
    // Too few columns up to the next month leave no room for both names.
    if (index === 0 && weeks[1]?.[0]?.date.slice(0, 7) !== month) return ''
    free = index + 2
    return format.format(new Date(`${first}T00:00:00Z`))
  })
}
