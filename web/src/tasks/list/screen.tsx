'use client'

import { useMemo } from 'react'
import { cx } from '@/ui/cx'
import { Boundary, Missing } from '@/ui/later'
import { pageClass } from '@/ui/page'
import { boardClass } from '../board/frame'
import { Board } from '../board/later'
import { useSurroundings } from '../palette/surroundings'
import { useRouteId } from '../panel/address'
import { useReader } from '../reader'
import { useShown } from '../shell/shown'
import { isBoard, pathOf, starterOf, type View } from '../views'
import { useFilters } from './filters'
import { type HeadProps, ListHead } from './head'
import { TaskList } from './list'
import { SCROLLER } from './scroller'
import { Toolbar } from './toolbar'

interface ScreenProps extends HeadProps {
  view: View
}

/** One view: its name, what narrows it, and its tasks. */
export function ListScreen({ view, title, lead, mark, actions }: ScreenProps) {
  const { day } = useReader()
  const opened = useRouteId('task')
  const path = pathOf(view)
  const [filters, change] = useFilters(path)
  const starter = useMemo(() => starterOf(view, day), [view, day])
  useShown(path, starter)
  useSurroundings(view, filters, change)
  const head = (
    <>
      <ListHead {...{ title, lead, mark, actions }} />
      <Toolbar title={title} view={view} filters={filters} change={change} />
    </>
  )
  if (isBoard(filters))
    return (
      <div className="flex h-full flex-col">
        <div className={boardClass.head}>{head}</div>
        <Boundary failed={(again) => <Missing again={again} />}>
          <Board title={title} view={view} filters={filters} opened={opened} />
        </Boundary>
      </div>
    )
  return (
    <div {...SCROLLER} className="h-full overflow-y-auto overscroll-contain">
      <div className={cx(pageClass.list, 'pb-28 md:pb-24')}>
        {head}
        <TaskList {...{ title, view, filters, change, opened }} />
      </div>
    </div>
  )
}
