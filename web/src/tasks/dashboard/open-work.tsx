'use client'

import type { ReactNode } from 'react'
import type { Stats } from '@/api/types'
import { useMessages } from '@/ui/messages'
import { PRIORITIES, STATUSES } from '../lists'
import { PriorityMark } from '../marks'
import { useReader } from '../reader'
import { Chart } from './chart'

const PRIORITY_BARS = { urgent: 'bg-danger', high: 'bg-warn', medium: 'bg-accent', low: 'bg-accent/55', none: 'bg-edge/60' } as const
const STATUS_BARS = { todo: 'bg-accent/55', in_progress: 'bg-accent', done: 'bg-good', cancelled: 'bg-edge/60' } as const

export function ByPriority({ stats, className }: { stats: Stats; className?: string }) {
  const { dashboard: words, priority } = useMessages()
  const { locale } = useReader()
  const entries = PRIORITIES.toReversed().map((value) => ({ value, count: stats.by_priority[value] ?? 0 }))
  const most = Math.max(...entries.map(({ count }) => count), 1)
  const pressing = (stats.by_priority.urgent ?? 0) + (stats.by_priority.high ?? 0)
  return (
    <Chart name={words.byPriority} said={words.pressing(pressing)} columns={[words.priorityColumn, words.openColumn]} rows={entries.map(({ value, count }) => [priority[value], count.toLocaleString(locale)])} className={className}>
      <div className="grid grid-cols-[auto_1fr_auto] items-center gap-x-3 gap-y-2 text-sm">
        {entries.map(({ value, count }) => (
          <Bar key={value} name={priority[value]} mark={<PriorityMark priority={value} />} share={count / most} count={count.toLocaleString(locale)} color={PRIORITY_BARS[value]} />
        ))}
      </div>
    </Chart>
  )
}

function Bar({ name, mark, share, count, color }: { name: string; mark: ReactNode; share: number; count: string; color: string }) {
  return (
    <>
      <span className="flex items-center gap-2 whitespace-nowrap text-soft">
        {mark}
        {name}
      </span>
      <span className="h-2.5 rounded-full bg-sunken">
        <span className={`block h-full rounded-full ${color}`} style={{ width: share > 0 ? `max(0.625rem, ${share * 100}%)` : 0 }} />
      </span>
      <span className="text-right tabular-nums">{count}</span>
    </>
  )
}

/** All tasks as one bar, cut by how far they are. */
export function ByStatus({ stats, className }: { stats: Stats; className?: string }) {
  const { dashboard: words, status } = useMessages()
  const { locale } = useReader()
  const entries = STATUSES.map((value) => ({ value, count: stats.by_status[value] ?? 0 }))
  const all = entries.reduce((total, { count }) => total + count, 0)
  const done = stats.by_status.done ?? 0
  return (
    <Chart name={words.byStatus} said={words.doneShare(all === 0 ? 0 : done / all)} columns={[words.statusColumn, words.tasksColumn]} rows={entries.map(({ value, count }) => [status[value], count.toLocaleString(locale)])} className={className}>
      <div className="flex h-2.5 gap-0.5">
        {entries.map(({ value, count }) => count > 0 && <span key={value} className={`min-w-1.5 rounded-full ${STATUS_BARS[value]}`} style={{ flexGrow: count }} />)}
      </div>
      <div className="mt-3 grid grid-cols-2 gap-x-6 gap-y-1.5 text-sm">
        {entries.map(({ value, count }) => (
          <span key={value} className="flex items-center gap-2">
            <span className={`size-2.5 rounded-full ${STATUS_BARS[value]}`} />
            <span className="truncate text-soft">{status[value]}</span>
            <span className="ml-auto tabular-nums">{count.toLocaleString(locale)}</span>
          </span>
        ))}
      </div>
    </Chart>
  )
}
