'use client'

import { useState } from 'react'
import { cx } from '@/ui/cx'
import { useMessages } from '@/ui/messages'
import { weekday } from '../dates'
import { useReader } from '../reader'
import { Chart } from './chart'
import { type DayCount, loadOf, sum } from './figures'
import { useDayNames } from './names'

const DAYS = 28

/** How much is due on each of the next four weeks' days. */
export function Upcoming({ due, className }: { due: readonly DayCount[]; className?: string }) {
  const { dashboard: words } = useMessages()
  const { locale } = useReader()
  const names = useDayNames()
  const [pointed, setPointed] = useState<DayCount | null>(null)
  const { days, later } = loadOf(due, DAYS)
  const most = Math.max(...days.map(({ count }) => count), 1)
  const total = sum(days)
  const said = pointed ? words.onDay(names.long(pointed.date), words.dueCount(pointed.count)) : total + later > 0 ? words.dueTotal(total, later) : words.dueNone
  const rows = days.map(({ date, count }) => [names.long(date), count.toLocaleString(locale)] as const)
  return (
    <Chart name={words.upcoming} said={said} columns={[words.day, words.dueColumn]} rows={rows} className={className}>
      <div className="flex h-40 items-stretch gap-[2px] sm:gap-1" onPointerLeave={() => setPointed(null)}>
        {days.map((day, index) => (
          <span key={day.date} onPointerEnter={() => setPointed(day)} className={cx('group flex min-w-0 flex-1 flex-col justify-end', index >= 14 && 'max-sm:hidden')}>
            <span className="flex min-h-0 flex-1 flex-col justify-end">
              <span className="pb-0.5 text-center text-xs text-faint tabular-nums max-lg:hidden">{day.count > 0 ? day.count : ''}</span>
              <span
                className={cx('rounded-t-sm', day.count === 0 ? 'bg-line' : index === 0 ? 'bg-accent' : 'bg-accent/55', day.count > 0 && 'group-hover:bg-accent')}
                style={{ height: day.count === 0 ? '2px' : `max(4px, ${(day.count / most) * 82}%)` }}
              />
            </span>
            <span className={cx('mt-1.5 text-center text-xs', index === 0 ? 'font-semibold text-accent' : 'text-faint', [0, 6].includes(weekday(day.date)) && index > 0 && 'opacity-60')}>
              {names.letter(day.date)}
            </span>
            <span className={cx('h-4 text-center text-xs whitespace-nowrap text-faint', index === 0 && 'font-semibold text-accent')}>{index % 7 === 0 ? Number(day.date.slice(8)) : ''}</span>
          </span>
        ))}
      </div>
    </Chart>
  )
}
