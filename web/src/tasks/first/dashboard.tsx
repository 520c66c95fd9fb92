'use client'

import type { Stats } from '@/api/types'
import { DashboardPage, Waiting } from '../dashboard/frame'
import { FiguresSight } from './figures'
import { useFirstRead } from './sight'

/** The figures as soon as they were read; the charts come with the code. */
export function DashboardBefore() {
  const stats = useFirstRead()?.answers[0]?.data as Stats | undefined
  return <DashboardPage>{stats ? <FiguresSight stats={stats} /> : <Waiting />}</DashboardPage>
}
