'use client'

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Circle, CircleCheck, CircleDot, CircleSlash, Inbox } from 'lucide-react'
import { type ReactNode, useCallback, useMemo, useRef } from 'react'
import type { Priority, Stats, Status, Task } from '@/api/types'
import { cx } from '@/ui/cx'
import { useMessages } from '@/ui/messages'
import { loaded } from '../edits'
import { useNamed } from '../list/list'
import { Dot, PriorityMark } from '../marks'
import { placeAt } from '../places'
import { statsOf } from '../queries'
import { type Filters, isNarrowed, type View } from '../views'
import { useProjects, useReader, useWorkspace } from '../workspace'
import { changeFor, type Column as Shape, columnsOf, groupingOf } from './columns'
import { Column, type Standing } from './column'
import { type Hovered, useDragging } from './dragging'
import { useCards } from './cards'

interface BoardProps {
  title: string
  view: View
  filters: Filters
  opened: string | null
}

/** A view as columns of cards, to be moved by hand or by keys. */
export default function Board({ title, view, filters, opened }: BoardProps) {
  const words = useMessages()
  const client = useQueryClient()
  const { actions, edits } = useWorkspace()
  const { day } = useReader()
  const projects = useProjects()
  const named = useNamed()
  const board = useRef<HTMLDivElement>(null)
  const standings = useRef(new Map<string, Standing>())
  const hovered = useRef<Hovered | null>(null)
  const columns = useMemo(() => columnsOf(view, filters, day, projects), [view, filters, day, projects])
  const dragged = useDragging(board, hovered)
  const counts = useCounts(view, filters)
  const nameOf = useColumnNames(view, filters)

  const move = useCallback(
    (tasks: readonly Task[], column: Shape, index: number) => {
      const ids = new Set(tasks.map(({ id }) => id))
      const there = loaded(client, column.query)
      const before = there.slice(0, index).filter(({ id }) => !ids.has(id)).length
      const others = there.filter(({ id }) => !ids.has(id))
      const changed = tasks.filter((task) => changeFor(task, column) !== null)
      if (changed.length === 0 && (!column.manual || tasks.every((task, place) => there[before + place]?.id === task.id))) return
      const place = column.manual ? placeAt(others, before) : undefined
      const patch = changed.length > 0 ? column.patch : {}
      actions.move(column.manual ? tasks : changed, patch, place, changed.length > 0 ? nameOf(column).name : null)
    },
    [actions, client, nameOf],
  )
  const cards = useCards({ board, columns, standings, move })
  const { chosen } = cards
  const drop = useCallback(
    (id: string, column: Shape, index: number) => {
      const task = edits.find(id)
      if (task) move(chosen.some((other) => other.id === id) ? chosen : [task], column, index)
    },
    [edits, move, chosen],
  )
  const state = useMemo(() => ({ ...cards.state, opened, dragged }), [cards.state, opened, dragged])
  return (
    <>
      <p id="board-keys" className="sr-only">
        {words.board.keys}
      </p>
      <div
        ref={board}
        role="region"
        aria-label={words.board.label(title)}
        aria-describedby="board-keys"
        className={cx('flex min-h-0 flex-1 gap-3 overflow-x-auto overflow-y-hidden overscroll-x-contain scroll-px-4 px-4 pb-3 sm:scroll-px-8 sm:px-8 md:pb-6', !dragged && 'max-sm:snap-x max-sm:snap-mandatory')}
      >
        {columns.map((column) => (
          <Column key={column.key + JSON.stringify(column.query)} {...{ column, board, standings, hovered, named, drop }} changed={cards.changed} {...nameOf(column)} counted={counts?.(column) ?? null} cards={state} />
        ))}
      </div>
      <p role="status" className="sr-only">
        {cards.said}
      </p>
      {cards.bar}
    </>
  )
}

const STATUS_MARKS: Record<Status, ReactNode> = {
  todo: <Circle size={16} aria-hidden className="text-faint" />,
  in_progress: <CircleDot size={16} aria-hidden className="text-accent" />,
  done: <CircleCheck size={16} aria-hidden className="text-good" />,
  cancelled: <CircleSlash size={16} aria-hidden className="text-faint" />,
}

function useColumnNames(view: View, filters: Filters): (column: Shape) => { name: string; mark: ReactNode } {
  const words = useMessages()
  const projects = useProjects()
  const grouping = groupingOf(view, filters)
  return useCallback(
    ({ value }: Shape) => {
      if (grouping === 'status') return { name: words.status[value as Status], mark: STATUS_MARKS[value as Status] }
      if (grouping === 'priority') return { name: words.priority[value as Priority], mark: <PriorityMark priority={value as Priority} /> }
      const project = projects.find(({ id }) => id === value)
      if (!project) return { name: words.task.noProject, mark: <Inbox size={16} aria-hidden className="text-faint" /> }
      return { name: project.name, mark: <Dot color={project.color} square /> }
    },
    [grouping, projects, words],
  )
}

/** What the server has counted, where the board shows exactly that. */
function useCounts(view: View, filters: Filters): ((column: Shape) => number | null) | null {
  const grouping = groupingOf(view, filters)
  const exact = (view.kind === 'all' || view.kind === 'project') && !isNarrowed(filters) && grouping !== 'project'
  const { data } = useQuery({ ...statsOf(view.kind === 'project' ? view.id : null), enabled: exact })
  return useMemo(() => {
    if (!exact || !data) return null
    const counted: Stats['by_status'] = grouping === 'status' ? data.by_status : data.by_priority
    return ({ value }: Shape) => counted[value] ?? null
  }, [exact, data, grouping])
}
