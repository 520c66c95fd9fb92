'use client'

import { CalendarDays, CircleDot, CornerDownRight, Folder, Tag, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { cx } from '@/ui/cx'
import { useMessages } from '@/ui/messages'
import { sayWhen } from '../dates'
import { PriorityMark } from '../marks'
import type { Starter } from '../overlays'
import { useReader } from '../reader'
import { useKnown, useLabels, useProjects } from '../workspace'
import type { Token, Understood } from './parse'

interface ChipsProps {
  understood: Understood
  /** Left out: only what the words say. */
  starter?: Starter
  ignore: (token: Token) => void
  begin?: (starter: Starter) => void
  small?: boolean
}

/** What a task will have: what its words say, and what the place has that it is added from. Each can be taken away. */
export function Chips({ understood, starter = {}, ignore, begin, small }: ChipsProps) {
  const words = useMessages()
  const reader = useReader()
  const { due, priority, labels, project, tokens } = understood
  const tokenOf = (kind: Token['kind'], index = 0) => tokens.filter((token) => token.kind === kind)[index]
  const said = (kind: Token['kind'], icon: ReactNode, name: string, index = 0) => {
    const token = tokenOf(kind, index)
    return <Chip key={`${kind}:${name}`} icon={icon} small={small} remove={token && { label: words.add.remove(token.text), run: () => ignore(token) }} name={name} />
  }
  const size = small ? 13 : 14
  return (
    <>
      {due && said('due', <CalendarDays size={size} aria-hidden />, sayWhen(due, reader.zone, reader.locale, words.days))}
      {priority && said('priority', <PriorityMark priority={priority} />, words.priority[priority])}
      {labels.map(({ name, id }, index) => said('label', <Tag size={size} aria-hidden />, id ? name : words.add.createsLabel(name), index))}
      {project && said('project', <Folder size={size} aria-hidden />, project.id ? project.name : words.add.createsProject(project.name))}
      {begin && <StarterChips understood={understood} starter={starter} begin={begin} />}
    </>
  )
}

/** What it has from its place, as far as the words say nothing else. */
function StarterChips({ understood, starter, begin }: { understood: Understood; starter: Starter; begin: (starter: Starter) => void }) {
  const words = useMessages()
  const reader = useReader()
  const labels = useLabels().filter(({ id }) => starter.label_ids?.includes(id) && !understood.labels.some((label) => label.id === id))
  const project = useProjects().find(({ id }) => id === starter.project_id)
  const [parent] = useKnown(starter.parent_id ? [starter.parent_id] : [])
  const { due, priority, status } = starter
  const chip = (name: string, icon: ReactNode, without: Starter) => (
    <Chip key={name} icon={icon} name={name} remove={{ label: words.add.without(name), run: () => begin({ ...starter, ...without }) }} />
  )
  return (
    <>
      {due && !understood.due && chip(sayWhen(due, reader.zone, reader.locale, words.days), <CalendarDays size={14} aria-hidden />, { due: undefined })}
      {status && status !== 'todo' && chip(words.status[status], <CircleDot size={14} aria-hidden />, { status: undefined })}
      {priority && priority !== 'none' && !understood.priority && chip(words.priority[priority], <PriorityMark priority={priority} />, { priority: undefined })}
      {labels.map(({ id, name }) => chip(name, <Tag size={14} aria-hidden />, { label_ids: starter.label_ids?.filter((other) => other !== id) }))}
      {project && !understood.project && chip(project.name, <Folder size={14} aria-hidden />, { project_id: undefined })}
      {parent && chip(words.task.subtaskOf(parent.title), <CornerDownRight size={14} aria-hidden />, { parent_id: undefined })}
    </>
  )
}

function Chip({ icon, name, remove, small }: { icon: ReactNode; name: string; remove: { label: string; run: () => void } | undefined; small?: boolean }) {
  return (
    <li className={cx('flex max-w-full items-center rounded-full border border-line bg-canvas text-sm text-soft', small ? 'h-7 gap-1 pl-2' : 'rise h-8 gap-1.5 pr-1 pl-2.5 pointer-coarse:h-10 pointer-coarse:pr-0')}>
      {icon}
      <span className={cx('truncate text-ink', remove ? 'pr-0.5' : 'pr-2')}>{name}</span>
      {remove && (
        <button type="button" aria-label={remove.label} title={remove.label} onClick={remove.run} className={cx('flex size-6 shrink-0 items-center justify-center rounded-full text-faint hover:bg-hover hover:text-ink', small ? 'pointer-coarse:size-7' : 'pointer-coarse:size-10')}>
          <X size={13} aria-hidden />
        </button>
      )}
    </li>
  )
}
