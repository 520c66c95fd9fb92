import { useEffect } from 'react'
import type { Stats } from '@/api/types'
import { isEmpty } from '../dashboard/figures'
import { Figures } from '../dashboard/figures-row'
import { WaitingCharts } from '../dashboard/frame'
import { sightDrawn } from './read'

/** The dashboard without its charts. */
export function FiguresSight({ stats }: { stats: Stats }) {
  useEffect(sightDrawn, [])
  if (isEmpty(stats)) return null
  return (
    <div className="flex flex-col gap-4">
      <Figures stats={stats} />
      <WaitingCharts />
    </div>
  )
}
