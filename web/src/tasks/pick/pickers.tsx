'use client'

import { Inbox } from 'lucide-react'
import type { Priority, Status, Task, When } from '@/api/types'
import { useMessages } from '@/ui/messages'
import { PickList } from '@/ui/pick-list'
import { PopupAt } from '@/ui/popup'
import { PRIORITIES, STATUSES } from '../lists'
import { Dot, PriorityMark, STATUS_MARKS } from '../marks'
import { closeOverlay, type Overlay } from '../overlays'
import { useKnown, useLabels, useProjects, useWorkspace } from '../workspace'
import { DatePicker } from './date-picker'

type Pick = Extract<Overlay, { type: 'pick' }>
type PartProps = { tasks: readonly Task[]; ids: readonly string[] }

const INBOX = 'inbox'

/** The one picker that is open, at the element it was opened from. */
export function Picker({ kind, ids, anchor }: Pick) {
  const { pick } = useMessages()
  const tasks = useKnown(ids)
  const parts = { due: DuePart, start: StartPart, priority: PriorityPart, status: StatusPart, labels: LabelsPart, project: ProjectPart }
  const Part = parts[kind]
  return (
    <PopupAt anchor={anchor} label={pick[kind]} close={closeOverlay}>
      <Part tasks={tasks} ids={ids} />
    </PopupAt>
  )
}

/** What all of them have in common. */
function shared<K extends keyof Task>(tasks: readonly Task[], field: K): Task[K] | undefined {
  const [first, ...rest] = tasks.map((task) => task[field])
  return rest.every((value) => value === first) ? first : undefined
}

function PriorityPart({ tasks, ids }: PartProps) {
  const { pick, priority } = useMessages()
  const { actions } = useWorkspace()
  const digits: Record<Priority, string> = { urgent: '1', high: '2', medium: '3', low: '4', none: '0' }
  const choices = PRIORITIES.toReversed().map((value) => ({ value, name: priority[value], hint: digits[value], mark: <PriorityMark priority={value} /> }))
  const take = (value: string) => {
    actions.changeAll(ids, { priority: value as Priority })
    closeOverlay()
  }
  return <PickList label={pick.priority} choices={choices} chosen={new Set([shared(tasks, 'priority') ?? ''])} pick={take} searchable={false} />
}

function StatusPart({ tasks, ids }: PartProps) {
  const { pick, status } = useMessages()
  const { actions } = useWorkspace()
  const take = (value: string) => {
    actions.changeAll(ids, { status: value as Status })
    closeOverlay()
  }
  const choices = STATUSES.map((value) => ({ value, name: status[value], mark: STATUS_MARKS[value] }))
  return <PickList label={pick.status} choices={choices} chosen={new Set([shared(tasks, 'status') ?? ''])} pick={take} searchable={false} />
}

function ProjectPart({ tasks, ids }: PartProps) {
  const { pick, task: words } = useMessages()
  const { actions } = useWorkspace()
  const projects = useProjects()
  const move = (project_id: string | null) => {
    actions.changeAll(ids, { project_id })
    closeOverlay()
  }
  const choices = [{ value: INBOX, name: words.noProject, mark: <Inbox size={16} aria-hidden className="text-faint" /> }, ...projects.map(({ id, name, color }) => ({ value: id, name, mark: <Dot color={color} square /> }))]
  const chosen = shared(tasks, 'project_id')
  const create = (name: string) => void actions.makeProject({ name }).then(({ id }) => move(id), actions.sayFailed)
  return (
    <PickList
      label={pick.project}
      choices={choices}
      chosen={new Set([chosen === null ? INBOX : (chosen ?? '')])}
      pick={(value) => move(value === INBOX ? null : value)}
      create={create}
    />
  )
}

function LabelsPart({ tasks, ids }: PartProps) {
  const { pick } = useMessages()
  const { actions, edits } = useWorkspace()
  const labels = useLabels()
  const chosen = new Set(labels.filter(({ id }) => tasks.length > 0 && tasks.every((task) => task.label_ids.includes(id))).map(({ id }) => id))
  const give = (label: string, on: boolean) => {
    if (ids.length > 1) return actions.changeAll(ids, on ? { add_label_ids: [label] } : { remove_label_ids: [label] })
    for (const id of ids) {
      const now = edits.find(id)?.label_ids ?? []
      const next = on ? [...new Set([...now, label])] : now.filter((other) => other !== label)
      void actions.change(id, { label_ids: next })
    }
  }
  const create = (name: string) => void actions.makeLabel({ name }).then(({ id }) => give(id, true), actions.sayFailed)
  const choices = labels.map(({ id, name, color }) => ({ value: id, name, mark: <Dot color={color} /> }))
  return <PickList label={pick.labels} choices={choices} chosen={chosen} pick={(id) => give(id, !chosen.has(id))} create={create} />
}

function DuePart(props: PartProps) {
  return <DatePart {...props} field="due" />
}

function StartPart(props: PartProps) {
  return <DatePart {...props} field="start" />
}

function DatePart({ tasks, ids, field }: PartProps & { field: 'due' | 'start' }) {
  const { pick } = useMessages()
  const { actions } = useWorkspace()
  const set = (next: (own: When | null) => When | null) =>
    actions.changeEach(ids, (task) => {
      const value = next(task[field])
      return JSON.stringify(value) === JSON.stringify(task[field]) ? null : { [field]: value }
    })
  return <DatePicker label={pick[field]} values={tasks.map((task) => task[field])} set={set} close={closeOverlay} />
}
