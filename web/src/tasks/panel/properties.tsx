'use client'

import { CalendarDays, CircleDot, Folder, PlayCircle, SignalHigh, Tag } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Task, When } from '@/api/types'
import { cx } from '@/ui/cx'
import { useMessages } from '@/ui/messages'
import { isPast, sayWhen } from '../dates'
import { isOpen } from '../lists'
import { Dot, PriorityMark } from '../marks'
import { openOverlay, type PickKind } from '../overlays'
import { useReader } from '../reader'
import { useLabels, useProjects } from '../workspace'

/** What is set about a task, each line a button that opens its picker. */
export function Properties({ task }: { task: Task }) {
  const words = useMessages()
  const projects = useProjects()
  const labels = useLabels()
  const reader = useReader()
  const project = projects.find(({ id }) => id === task.project_id)
  const own = labels.filter(({ id }) => task.label_ids.includes(id))
  const say = (value: When) => sayWhen(value, reader.zone, reader.locale, words.days)
  const late = task.due !== null && isOpen(task) && isPast(task.due, reader.zone)
  return (
    <dl className="mt-5 flex flex-col gap-px text-sm">
      <Line task={task} kind="status" name={words.task.status} icon={<CircleDot size={16} aria-hidden />}>
        {words.status[task.status]}
      </Line>
      <Line task={task} kind="priority" name={words.task.priority} icon={<SignalHigh size={16} aria-hidden />}>
        <PriorityMark priority={task.priority} />
        {words.priority[task.priority]}
      </Line>
      <Line task={task} kind="due" name={words.task.due} icon={<CalendarDays size={16} aria-hidden />} unset={!task.due}>
        <span className={cx(late && 'text-danger')}>
          {task.due ? say(task.due) : words.task.addDue}
          {late && ` · ${words.task.overdue}`}
        </span>
      </Line>
      <Line task={task} kind="start" name={words.task.start} icon={<PlayCircle size={16} aria-hidden />} unset={!task.start}>
        {task.start ? say(task.start) : words.task.addStart}
      </Line>
      <Line task={task} kind="project" name={words.task.project} icon={<Folder size={16} aria-hidden />}>
        {project && <Dot color={project.color} square />}
        <span className="truncate">{project?.name ?? words.task.noProject}</span>
      </Line>
      <Line task={task} kind="labels" name={words.task.labels} icon={<Tag size={16} aria-hidden />} unset={own.length === 0}>
        {own.length === 0
          ? words.task.addLabels
          : own.map(({ id, name, color }) => (
              <span key={id} className="flex min-w-0 items-center gap-1.5 pr-1.5">
                <Dot color={color} size="size-2" />
                <span className="truncate">{name}</span>
              </span>
            ))}
      </Line>
    </dl>
  )
}

function Line({ task, kind, name, icon, unset, children }: { task: Task; kind: PickKind; name: string; icon: ReactNode; unset?: boolean; children: ReactNode }) {
  return (
    <div className="flex items-start">
      <dt className="flex h-9 w-28 pointer-coarse:h-10 shrink-0 items-center gap-2 text-faint sm:w-32">
        {icon}
        {name}
      </dt>
      <dd className="min-w-0 flex-1">
        <button
          type="button"
          data-pick={kind}
          aria-haspopup="dialog"
          onClick={(event) => openOverlay({ type: 'pick', kind, ids: [task.id], anchor: event.currentTarget })}
          className={cx('flex min-h-9 pointer-coarse:min-h-10 max-w-full flex-wrap items-center gap-2 rounded-md px-2 py-1 text-left hover:bg-hover', unset ? 'text-faint' : 'text-ink')}
        >
          {children}
        </button>
      </dd>
    </div>
  )
}
