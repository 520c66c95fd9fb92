'use client'

import { type ReactNode, useMemo, useState } from 'react'
import { Boundary, later, Missing } from '@/ui/later'
import { useSurroundings } from '../palette/surroundings'
import { useRouteId } from '../panel/address'
import { useShown } from '../shell/shown'
import { isBoard, pathOf, starterOf, type View } from '../views'
import { useReader } from '../workspace'
import { useFilters } from './filters'
import { Skeleton, TaskList } from './list'
import { Toolbar } from './toolbar'

const Board = later(
  () => import('../board/board').then((file) => file.default),
  () => (
    <div className="px-4 sm:px-8">
      <Skeleton />
    </div>
  ),
)

interface ScreenProps {
  view: View
  title: string
  lead?: string
  mark?: ReactNode
  actions?: ReactNode
}

/** One view: its name, what narrows it, and its tasks. */
export function ListScreen({ view, title, lead, mark, actions }: ScreenProps) {
  const { day } = useReader()
  // State, not a ref: the rows below are laid out once it is there.
  const [scroller, setScroller] = useState<HTMLElement | null>(null)
  const opened = useRouteId('task')
  const path = pathOf(view)
  const [filters, change] = useFilters(path)
  const starter = useMemo(() => starterOf(view, day), [view, day])
  useShown(path, starter)
  useSurroundings(view, filters, change)
  const head = (
    <>
      <header className="mb-3 flex items-end gap-3">
        <div className="min-w-0 flex-1">
          <h1 className="flex items-center gap-2.5 text-xl font-semibold tracking-tight">
            {mark}
            <span className="truncate">{title}</span>
          </h1>
          {lead && <p className="text-sm text-faint">{lead}</p>}
        </div>
        {actions}
      </header>
      <Toolbar title={title} view={view} filters={filters} change={change} />
    </>
  )
  if (isBoard(filters))
    return (
      <div className="flex h-full flex-col">
        <div className="px-4 pt-6 sm:px-8 md:pt-10">{head}</div>
        <Boundary failed={(again) => <Missing again={again} />}>
          <Board title={title} view={view} filters={filters} opened={opened} />
        </Boundary>
      </div>
    )
  return (
    <div ref={setScroller} className="h-full overflow-y-auto overscroll-contain">
      <div className="mx-auto max-w-4xl px-4 pt-6 pb-28 sm:px-8 md:pt-10 md:pb-24 lg:max-w-240 lg:px-16">
        {head}
        <TaskList {...{ title, view, filters, change, opened, scroller }} />
      </div>
    </div>
  )
}
