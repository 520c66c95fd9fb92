'use client'

import { useEffect } from 'react'
import type { Stats } from '@/api/types'
import { isEmpty } from '../dashboard/figures'
import { Figures } from '../dashboard/figures-row'
import { DashboardPage, Waiting, WaitingCharts } from '../dashboard/frame'
import { sightDrawn } from './read'
import { useFirstRead } from './sight'

/** The figures as soon as they were read; the charts come with the code. */
export function DashboardBefore() {
  const stats = useFirstRead()?.answers[0]?.data as Stats | undefined
  return <DashboardPage>{stats ? <Sight stats={stats} /> : <Waiting />}</DashboardPage>
}

/** The dashboard without its charts. */
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
