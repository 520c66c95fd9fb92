'use client'

import { CalendarDays, CornerDownRight } from 'lucide-react'
import { memo, type MouseEvent, useEffect, useRef } from 'react'
import type { Label, Project, Task } from '@/api/types'
import { cx } from '@/ui/cx'
import { useMessages } from '@/ui/messages'
import { isPast, sayWhen } from '../dates'
import { DoneButton, type RowHandlers, type RowParts, SELECTED } from '../list/row'
import { isOpen } from '../lists'
import { Dot, PriorityMark } from '../marks'

/** What is in a card once tasks can be changed; `carry` lets it be taken by the hand until the function it answers is called. */
export interface CardParts extends Pick<RowParts, 'WaitingMark' | 'TitleEditor'> {
  carry: (card: HTMLElement, task: string, column: string, on: RowHandlers) => () => void
}

interface CardProps {
  task: Task
  column: string
  project: Project | null
  labels: readonly Label[]
  reader: { zone: string; locale: string; day: string }
  active: boolean
  opened: boolean
  selected: boolean
  editing: boolean
  dragged: boolean
  on: RowHandlers
  parts?: CardParts
}

/** One task as a card. Only the active card's controls are stops of the Tab key. */
export const Card = memo(function Card(props: CardProps) {
  const { task, column, active, opened, selected, editing, dragged, on, parts } = props
  const card = useRef<HTMLDivElement>(null)
  const stop = active ? 0 : -1
  useEffect(() => {
    const element = card.current
    if (element && parts && !editing) return parts.carry(element, task.id, column, on)
  }, [task.id, column, editing, on, parts])
  const choose = (event: MouseEvent) => {
    if (!(event.metaKey || event.ctrlKey || event.shiftKey)) return
    event.preventDefault()
    event.stopPropagation()
    on.select(task, event.shiftKey)
  }
  return (
    <div
      ref={card}
      data-task={task.id}
      onFocus={() => on.focus(task.id)}
      onClickCapture={choose}
      className={cx(
        'group relative flex flex-col gap-1.5 rounded-md border p-2.5 pl-3 text-base shadow-card transition-colors duration-75',
        'outline-accent has-[[data-title]:focus-visible]:outline-2 has-[[data-title]:focus-visible]:-outline-offset-1',
        selected ? 'border-accent bg-selected' : opened ? 'border-accent bg-raised' : 'border-line bg-raised hover:border-edge',
        dragged && 'opacity-40',
      )}
    >
      <div className="flex items-start gap-2.5">
        <span className="pt-0.5">
          <DoneButton task={task} stop={stop} toggle={on.toggle} />
        </span>
        {editing && parts ? <parts.TitleEditor task={task} close={() => on.edit(null)} /> : <Title {...props} stop={stop} />}
        {parts && <parts.WaitingMark id={task.id} />}
      </div>
      <Meta {...props} stop={stop} />
    </div>
  )
})

type PartProps = CardProps & { stop: number }

function Title({ task, selected, stop, on }: PartProps) {
  const open = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    on.open(task)
  }
  return (
    <a
      data-title
      href={on.href(task)}
      draggable={false}
      tabIndex={stop}
      aria-describedby={selected ? SELECTED : undefined}
      onClick={open}
      className={cx('line-clamp-3 min-w-0 flex-1 rounded-sm break-words outline-none after:absolute after:inset-0', isOpen(task) ? 'text-ink' : 'text-faint line-through decoration-1')}
    >
      {task.title}
    </a>
  )
}

const chip = 'relative z-1 flex h-6 max-w-36 min-w-0 items-center gap-1.5 rounded-sm px-1.5 text-sm text-soft hover:bg-hover pointer-coarse:before:absolute pointer-coarse:before:inset-x-0 pointer-coarse:before:-inset-y-2.5'

function Meta({ task, column, project, labels, reader, stop, on }: PartProps) {
  const words = useMessages()
  const { due } = task
  const late = due !== null && isOpen(task) && isPast(due, reader.zone)
  const ranked = task.priority !== 'none' && !column.startsWith('priority:')
  const placed = project && !column.startsWith('project:')
  if (!ranked && !task.parent_id && !due && !placed && labels.length === 0) return null
  return (
    <div className="-ml-1.5 flex min-w-0 flex-wrap items-center gap-x-0.5 pointer-coarse:gap-y-2 pl-7">
      {ranked && (
        <button type="button" tabIndex={stop} aria-label={`${words.task.priority}: ${words.priority[task.priority]}`} onClick={(event) => on.pick('priority', task, event.currentTarget)} className={chip}>
          <PriorityMark priority={task.priority} />
        </button>
      )}
      {due && (
        <button type="button" tabIndex={stop} onClick={(event) => on.pick('due', task, event.currentTarget)} className={cx(chip, 'shrink-0', late && 'text-danger')}>
          <CalendarDays size={14} aria-hidden className="shrink-0" />
          <span className="whitespace-nowrap">{sayWhen(due, reader.zone, reader.locale, words.days)}</span>
          {late && <span className="sr-only">{words.task.overdue}</span>}
        </button>
      )}
      {task.parent_id && (
        <span className="flex h-6 items-center gap-1 px-1.5 text-sm text-faint">
          <CornerDownRight size={14} aria-hidden className="shrink-0" />
          {words.task.subtask}
        </span>
      )}
      {labels.map((label) => (
        <button key={label.id} type="button" tabIndex={stop} onClick={(event) => on.pick('labels', task, event.currentTarget)} className={chip}>
          <Dot color={label.color} size="size-2" />
          <span className="truncate">{label.name}</span>
        </button>
      ))}
      {placed && (
        <button type="button" tabIndex={stop} onClick={(event) => on.pick('project', task, event.currentTarget)} className={chip}>
          <Dot color={project.color} square size="size-2" />
          <span className="truncate">{project.name}</span>
        </button>
      )}
    </div>
  )
}
