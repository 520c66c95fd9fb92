'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo, useRef } from 'react'
import type { Task } from '@/api/types'
import { cx } from '@/ui/cx'
import { useMessages } from '@/ui/messages'
import { loaded } from '../edits'
import { useNamed } from '../list/named'
import { SELECTED } from '../list/row'
import { landing } from '../places'
import { useReader } from '../reader'
import type { Filters, View } from '../views'
import { useProjects, useWorkspace } from '../workspace'
import { changeFor, type Column as Shape, columnsOf } from './columns'
import { Column, type Standing } from './column'
import { type Hovered, useDragging } from './dragging'
import { boardClass } from './frame'
import { useCards } from './cards'
import { useColumnNames, useCounts } from './names'

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
  const named = useNamed(view)
  const board = useRef<HTMLDivElement>(null)
  const standings = useRef(new Map<string, Standing>())
  const hovered = useRef<Hovered | null>(null)
  const columns = useMemo(() => columnsOf(view, filters, day, projects), [view, filters, day, projects])
  const dragged = useDragging(board, hovered)
  const counts = useCounts(view, filters)
  const nameOf = useColumnNames(view, filters)

  const move = useCallback(
    (tasks: readonly Task[], column: Shape, index: number) => {
      const change = (task: Task) => changeFor(task, column)
      const landed = landing(tasks, loaded(client, column.query), index, column.manual, change)
      if (!landed) return
      actions.move(landed.moved, (task) => change(task) ?? {}, landed.place, landed.changed ? nameOf(column).name : null)
    },
    [actions, client, nameOf],
  )
  const cards = useCards({ board, columns, standings, move, countOf: (column) => counts?.(column) ?? null })
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
        className={cx(boardClass.columns, !dragged && 'max-sm:snap-x max-sm:snap-mandatory')}
      >
        {columns.map((column) => (
          <Column key={column.key + JSON.stringify(column.query)} {...{ column, board, standings, hovered, named, drop }} changed={cards.changed} {...nameOf(column)} counted={counts?.(column) ?? null} cards={state} />
        ))}
      </div>
      <span id={SELECTED} hidden>
        {words.task.isSelected}
      </span>
      <p role="status" className="sr-only">
        {cards.said}
      </p>
      {cards.bar}
    </>
  )
}
