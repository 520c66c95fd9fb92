'use client'

import type { Stats } from '@/api/types'
import { cx } from '@/ui/cx'
import { useMessages } from '@/ui/messages'
import { pageClass } from '@/ui/page'
import { Waiting } from '../dashboard/waiting'
import { sightFor, useFirstRead } from './sight'

const FiguresSight = sightFor(
  () => location.pathname === '/dashboard',
  () => import('./figures').then((file) => file.FiguresSight),
)

/** The figures as soon as they were read; the charts come with the code. */
export function DashboardBefore() {
  const { dashboard } = useMessages()
  const stats = useFirstRead()?.answers[0]?.data as Stats | undefined
  return (
    <div className="h-full overflow-y-auto">
      <div className={cx(pageClass.wide, 'pb-28 md:pb-16')}>
        <h1 className="mb-5 text-xl font-semibold tracking-tight">{dashboard.title}</h1>
        {stats ? <FiguresSight stats={stats} grey={<Waiting />} /> : <Waiting />}
      </div>
    </div>
  )
}
