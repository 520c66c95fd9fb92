'use client'

import { CalendarDays, Check, CornerDownRight, Pencil, Tag, Trash2 } from 'lucide-react'
import { type ComponentType, memo, type MouseEvent } from 'react'
import type { Label, Project, Task } from '@/api/types'
import { cx } from '@/ui/cx'
import { useMessages } from '@/ui/messages'
import { dayOf, isPast, sayTime, sayWhen, timeOf } from '../dates'
import { isOpen } from '../lists'
import { Dot, PriorityMark } from '../marks'
import type { PickKind } from '../overlays'
import type { Reader } from '../reader'

export interface RowHandlers {
  open: (task: Task) => void
  toggle: (task: Task) => void
  pick: (kind: PickKind, task: Task, anchor: HTMLElement) => void
  edit: (id: string | null) => void
  remove: (task: Task) => void
  /** `range`: everything between the last one selected and this. */
  select: (task: Task, range: boolean) => void
  focus: (id: string) => void
  /** The ids that go along where this one is taken. */
  meant: (id: string) => readonly string[]
  href: (task: Task) => string
}

/** What stands in a row once tasks can be changed; the same for all of them. */
export interface RowParts {
  WaitingMark: ComponentType<{ id: string }>
  TitleEditor: ComponentType<{ task: Task; close: () => void }>
  /** Not where only a finger points: what is shown to who hovers is never seen there. */
  hovers: boolean
}

/** The id of what is read about a task that is selected. */
export const SELECTED = 'is-selected'

interface RowProps {
  task: Task
  project: Project | null
  labels: readonly Label[]
  parent: Task | undefined
  reader: Pick<Reader, 'zone' | 'locale'>
  /** The day of the heading above it: not said again. */
  under: string | null
  active: boolean
  opened: boolean
  selected: boolean
  editing: boolean
  on: RowHandlers
  /** None while there is nothing yet but the look of it (tasks/first). */
  parts?: RowParts
}

/** One task on one line (two where it is narrow). Only the active row's controls are stops of the Tab key. */
export const TaskRow = memo(function TaskRow(props: RowProps) {
  const { task, active, opened, selected, editing, on, parts } = props
  const stop = active ? 0 : -1
  return (
    <div
      data-task={task.id}
      onFocus={() => on.focus(task.id)}
      className={cx(
        'group relative flex min-h-10 items-start gap-2.5 rounded-md px-2 py-[0.5625rem] pointer-coarse:py-[0.6875rem] text-base transition-colors duration-75 data-carried:opacity-40 @2xl:items-center @2xl:pl-1 pointer-coarse:select-none pointer-coarse:[-webkit-touch-callout:none]',
        'outline-accent has-[[data-title]:focus-visible]:outline-2 has-[[data-title]:focus-visible]:-outline-offset-2',
        selected ? 'bg-selected' : opened ? 'bg-hover' : 'hover:bg-hover',
      )}
    >
      <Tick {...props} stop={stop} />
      <PriorityButton {...props} stop={stop} />
      <span className="max-lg:group-data-selecting/list:hidden">
        <DoneButton task={task} stop={stop} toggle={on.toggle} />
      </span>
      <div className="flex min-w-0 flex-1 flex-col gap-0.5 @2xl:flex-row @2xl:items-center @2xl:gap-3">
        {editing && parts ? (
          <parts.TitleEditor task={task} close={() => on.edit(null)} />
        ) : (
          <div className="flex min-w-0 items-center @2xl:flex-1">
            <Title {...props} stop={stop} />
            {parts && <parts.WaitingMark id={task.id} />}
            {parts?.hovers && <HoverActions {...props} stop={stop} />}
          </div>
        )}
        {!editing && <Meta {...props} stop={stop} />}
      </div>
    </div>
  )
})

type PartProps = RowProps & { stop: number }

/** What a finger reaches of the square before a title: 44 pixels, as far as the row goes. */
const FINGER = 'pointer-coarse:z-2 pointer-coarse:before:absolute pointer-coarse:before:-inset-x-1.5 pointer-coarse:before:-top-[0.3125rem] pointer-coarse:before:-bottom-[0.4375rem]'

export function DoneButton({ task, stop, toggle }: { task: Task; stop?: number; toggle: (task: Task) => void }) {
  const words = useMessages().task
  const done = task.status === 'done'
  const over = !isOpen(task)
  return (
    <button
      type="button"
      tabIndex={stop}
      aria-label={over ? words.reopen(task.title) : words.complete(task.title)}
      onClick={() => toggle(task)}
      className={cx('group/done relative z-1 -m-1.5 flex size-8 shrink-0 items-center justify-center rounded-full', FINGER)}
    >
      <span
        className={cx(
          'flex size-[1.125rem] items-center justify-center rounded-full border-[1.5px] transition-colors duration-150',
          done && 'border-good bg-good text-canvas',
          task.status === 'cancelled' && 'border-edge bg-edge text-canvas',
          task.status === 'in_progress' && 'border-accent text-accent',
          task.status === 'todo' && 'border-edge text-transparent group-hover/done:border-accent group-hover/done:text-accent',
        )}
      >
        {task.status === 'in_progress' ? (
          <span className="size-2 rounded-full bg-current" />
        ) : task.status === 'cancelled' ? (
          <span className="h-[1.5px] w-2 rounded-full bg-current" />
        ) : (
          <Check size={12} strokeWidth={3.2} aria-hidden />
        )}
      </span>
    </button>
  )
}

/** In the margin where there is one; elsewhere in place of the circle, while several are being selected. */
function Tick({ task, selected, stop, on }: PartProps) {
  const words = useMessages().task
  return (
    <button
      type="button"
      role="checkbox"
      aria-checked={selected}
      aria-label={words.select(task.title)}
      title={words.selectHint}
      tabIndex={stop}
      onClick={() => on.select(task, false)}
      className={cx('relative z-1 -m-1.5 hidden size-8 shrink-0 items-center justify-center rounded-md group-focus-within:opacity-100 group-hover:opacity-100 group-data-selecting/list:flex aria-checked:opacity-100 lg:-mr-2.5 lg:ml-0 lg:flex lg:size-7 lg:opacity-0 lg:group-data-some/list:opacity-100', FINGER)}
    >
      <span className={cx('flex size-4 items-center justify-center rounded-[0.3125rem] border-[1.5px]', selected ? 'border-accent-solid bg-accent-solid text-on-accent' : 'border-edge text-transparent')}>
        <Check size={11} strokeWidth={3.6} aria-hidden />
      </span>
    </button>
  )
}

function PriorityButton({ task, stop, on }: PartProps) {
  const words = useMessages()
  return (
    <button
      type="button"
      tabIndex={stop}
      aria-label={`${words.task.priority}: ${words.priority[task.priority]}`}
      title={words.priority[task.priority]}
      onClick={(event) => on.pick('priority', task, event.currentTarget)}
      className={cx(
        'relative z-1 -my-1.5 -mr-2 hidden size-7 shrink-0 pointer-coarse:mr-2.5 pointer-coarse:before:absolute pointer-coarse:before:-inset-2 items-center justify-center rounded-sm hover:bg-line/60 @2xl:flex',
        task.priority === 'none' && 'opacity-0 group-focus-within:opacity-100 group-hover:opacity-100',
      )}
    >
      <PriorityMark priority={task.priority} />
    </button>
  )
}

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
      className={cx(
        'line-clamp-2 min-w-0 rounded-sm break-words outline-none after:absolute after:inset-0 @2xl:line-clamp-1 @2xl:flex-1',
        isOpen(task) ? 'text-ink' : 'text-faint line-through decoration-1',
      )}
    >
      {task.title}
    </a>
  )
}

// A finger reaches a little above and below what is seen.
const metaButton = 'relative z-1 flex h-6 max-w-44 min-w-0 items-center gap-1.5 rounded-sm px-1.5 text-sm hover:bg-line/60 pointer-coarse:before:absolute pointer-coarse:before:inset-x-0 pointer-coarse:before:-inset-y-2.5'

function Meta({ task, project, labels, parent, reader, under, stop, on }: PartProps) {
  const words = useMessages()
  const { due } = task
  const past = due !== null && isOpen(task) && isPast(due, reader.zone)
  const time = due && timeOf(due, reader.zone)
  const sameDay = due !== null && under !== null && dayOf(due, reader.zone) === under
  const said = due && (sameDay ? time && sayTime(time, reader.locale) : sayWhen(due, reader.zone, reader.locale, words.days))
  const urgent = task.priority !== 'none'
  if (!said && !project && labels.length === 0 && !task.parent_id && !urgent) return null
  return (
    <div className="-ml-1.5 flex min-w-0 flex-wrap items-center gap-x-0.5 text-soft pointer-coarse:gap-y-2 @2xl:ml-0 @2xl:max-w-[60%] @2xl:flex-nowrap @2xl:justify-end">
      {urgent && (
        <button type="button" tabIndex={stop} aria-label={`${words.task.priority}: ${words.priority[task.priority]}`} onClick={(event) => on.pick('priority', task, event.currentTarget)} className={cx(metaButton, '-order-1 pointer-coarse:before:-inset-x-2 @2xl:hidden')}>
          <PriorityMark priority={task.priority} />
        </button>
      )}
      {task.parent_id && (
        <span className="flex h-6 min-w-0 items-center gap-1 px-1.5 text-sm text-faint" title={parent && words.task.subtaskOf(parent.title)}>
          <CornerDownRight size={14} aria-hidden className="shrink-0" />
          <span className="max-w-36 truncate">{parent?.title ?? words.task.subtask}</span>
        </span>
      )}
      {labels.map((label) => (
        <button key={label.id} type="button" tabIndex={stop} onClick={(event) => on.pick('labels', task, event.currentTarget)} className={metaButton}>
          <Dot color={label.color} size="size-2" />
          <span className="truncate">{label.name}</span>
        </button>
      ))}
      {project && (
        <button type="button" tabIndex={stop} onClick={(event) => on.pick('project', task, event.currentTarget)} className={metaButton}>
          <Dot color={project.color} square size="size-2" />
          <span className="truncate">{project.name}</span>
        </button>
      )}
      {said && (
        <button type="button" tabIndex={stop} onClick={(event) => on.pick('due', task, event.currentTarget)} className={cx(metaButton, 'shrink-0 @max-2xl:-order-1', past && 'text-danger')}>
          <CalendarDays size={14} aria-hidden className="shrink-0" />
          <span className="whitespace-nowrap">{said}</span>
          {past && <span className="sr-only">{words.task.overdue}</span>}
        </button>
      )}
    </div>
  )
}

function HoverActions({ task, labels, stop, on }: PartProps) {
  const words = useMessages().task
  const actions = [
    { Icon: CalendarDays, label: words.addDue, shown: !task.due, run: (anchor: HTMLElement) => on.pick('due', task, anchor) },
    { Icon: Tag, label: words.addLabels, shown: labels.length === 0, run: (anchor: HTMLElement) => on.pick('labels', task, anchor) },
    { Icon: Pencil, label: words.edit, shown: true, run: () => on.edit(task.id) },
    { Icon: Trash2, label: words.delete, shown: true, run: () => on.remove(task) },
  ]
  return (
    <div className="relative z-1 -my-1 hidden w-0 items-center justify-end opacity-0 group-focus-within:w-auto group-focus-within:opacity-100 group-hover:w-auto group-hover:opacity-100 @2xl:flex pointer-coarse:hidden">
      {actions
        .filter(({ shown }) => shown)
        .map(({ Icon, label, run }) => (
          <button
            key={label}
            type="button"
            tabIndex={stop}
            aria-label={`${label}: ${task.title}`}
            title={label}
            onClick={(event) => run(event.currentTarget)}
            className="flex size-[1.625rem] items-center justify-center rounded-sm text-faint hover:bg-hover hover:text-ink"
          >
            <Icon size={15} aria-hidden />
          </button>
        ))}
    </div>
  )
}
