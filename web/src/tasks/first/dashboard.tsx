'use client'

import { useEffect } from 'react'
import type { Stats } from '@/api/types'
import { cx } from '@/ui/cx'
import { useMessages } from '@/ui/messages'
import { pageClass } from '@/ui/page'
import { isEmpty } from '../dashboard/figures'
import { Figures, Waiting, WaitingCharts } from '../dashboard/figures-row'
import { sightDrawn } from './read'
import { useFirstRead } from './sight'

/** The figures as soon as they were read; the charts come with the code. */
export function DashboardBefore() {
  const { dashboard } = useMessages()
  const stats = useFirstRead()?.answers[0]?.data as Stats | undefined
  return (
    <div className="h-full overflow-y-auto">
      <div className={cx(pageClass.wide, 'pb-28 md:pb-16')}>
        <h1 className="mb-5 text-xl font-semibold tracking-tight">{dashboard.title}</h1>
        {stats ? <Sight stats={stats} /> : <Waiting />}
      </div>
    </div>
  )
}

function Sight({ stats }: { stats: Stats }) {
  useEffect(sightDrawn, [])
  if (isEmpty(stats)) return null
  return (
    <div className="flex flex-col gap-4">
      <Figures stats={stats} />
      <WaitingCharts />
    </div>
  )
}
