'use client'

import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import type { Stats } from '@/api/types'
import { Button } from '@/ui/button'
import { Empty } from '@/ui/empty'
import { explain } from '@/ui/explain'
import { useMessages } from '@/ui/messages'
import { openOverlay } from '../overlays'
import { statsOptions } from '../queries'
import { useShown } from '../shell/shown'
import { Completed } from './completed'
import { isEmpty } from './figures'
import { Figures } from './figures-row'
import { DashboardPage, Waiting } from './frame'
import { ByPriority, ByStatus } from './open-work'
import { Upcoming } from './upcoming'

const STARTER = {}
const ONE_MINUTE = 60_000

/** Where things stand: what waits, what is late, what was done, what is coming. */
export function DashboardScreen() {
  const messages = useMessages()
  const { dashboard: words, shell } = messages
  // Also where they were read early: what was done since, nothing has told.
  const stats = useQuery({ ...statsOptions, refetchInterval: ONE_MINUTE, refetchOnMount: 'always' })
  useShown('/dashboard', STARTER)
  return (
    <DashboardPage>
      {stats.data ? (
        isEmpty(stats.data) ? (
          <Empty {...words.empty}>
            <Button look="primary" onClick={() => openOverlay({ type: 'add', starter: STARTER })}>
              <Plus size={16} aria-hidden />
              {shell.add}
            </Button>
          </Empty>
        ) : (
          <Charts stats={stats.data} />
        )
      ) : stats.isError ? (
        <Empty title={words.failed} text={explain(stats.error, messages)}>
          <Button onClick={() => void stats.refetch()}>{shell.retry}</Button>
        </Empty>
      ) : (
        <Waiting />
      )}
    </DashboardPage>
  )
}

function Charts({ stats }: { stats: Stats }) {
  return (
    <div className="flex flex-col gap-4">
      <Figures stats={stats} />
      <Upcoming due={stats.due} />
      <div className="grid gap-4 lg:grid-cols-2">
        <Completed days={stats.completed} className="lg:row-span-2" />
        <ByPriority stats={stats} />
        <ByStatus stats={stats} />
      </div>
    </div>
  )
}
