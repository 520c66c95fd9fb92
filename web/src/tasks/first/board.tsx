import { type ReactNode, useEffect, useRef } from 'react'
import type { Status, TaskPage } from '@/api/types'
import { useMessages } from '@/ui/messages'
import { ABOVE, boardClass, ColumnHead, GAP, NoCards } from '../board/frame'
import { Card } from '../board/card'
import { type Column, columnsOf } from '../board/columns'
import { STATUS_MARKS } from '../marks'
import { useReader } from '../reader'
import { type Kind, PLAIN_BOARD } from '../views'
import { type FirstRead, keepFirstLaid, sightDrawn } from './read'
import { namesOf, NOTHING, ON } from './sight'

/** What a card takes at least, with the gap below it, in most boards; pixels. */
const LOWEST = 72

interface BoardSightProps {
  kind: Kind
  read: FirstRead
  head: ReactNode
}

/** The columns in sight, as far as they were read. */
export function BoardSight({ kind, read, head }: BoardSightProps) {
  const { day } = useReader()
  const columns = columnsOf({ kind }, PLAIN_BOARD, day, read.projects)
  const board = useRef<HTMLDivElement>(null)
  useEffect(() => keepFirstLaid({ top: 0, heights: heightsIn(board.current!) }))
  useEffect(sightDrawn, [])
  return (
    <div className="flex h-full flex-col">
      <div className={boardClass.head}>{head}</div>
      <div ref={board} className={boardClass.columns}>
        {columns.map((column, at) => (
          <ColumnSight key={column.key} column={column} page={read.answers[at]?.data as TaskPage | undefined} read={read} />
        ))}
      </div>
    </div>
  )
}

function heightsIn(board: HTMLElement): Map<string, number> {
  const cards = [...board.querySelectorAll<HTMLElement>('[data-task]')]
  return new Map(cards.map((card) => [card.dataset.task!, card.offsetHeight]))
}

function ColumnSight({ column, page, read }: { column: Column; page: TaskPage | undefined; read: FirstRead }) {
  const reader = useReader()
  const { status } = useMessages()
  const value = column.value as Status
  const count = page && page.next_cursor === null ? page.items.length.toLocaleString(reader.locale) : ''
  return (
    <section className={boardClass.column}>
      <ColumnHead name={status[value]} mark={STATUS_MARKS[value]} count={count} add={NOTHING} />
      <div className="min-h-0 flex-1 overflow-y-auto px-2 pb-2">
        {page?.items.length === 0 && <NoCards />}
        <div className="flex flex-col" style={{ gap: GAP, paddingTop: ABOVE }}>
          {page?.items.slice(0, Math.ceil(innerHeight / LOWEST)).map((task) => (
            <Card key={task.id} {...{ task, reader }} {...namesOf(task, read)} column={column.key} on={ON} active={false} opened={false} selected={false} editing={false} dragged={false} />
          ))}
        </div>
      </div>
    </section>
  )
}
