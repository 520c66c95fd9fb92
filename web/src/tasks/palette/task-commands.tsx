'use client'

import { AlignLeft, ArrowDown, ArrowLeft, ArrowRight, ArrowUp, CalendarDays, Check, CircleDot, CornerDownRight, Folder, Inbox, PanelRight, Pencil, PlayCircle, Plus, RotateCcw, SignalHigh, SquareCheck, Tag, Trash2 } from 'lucide-react'
import type { Task, When } from '@/api/types'
import { type Messages, useMessages } from '@/ui/messages'
import { addDays, dayOf, sayWhen, weekday } from '../dates'
import { isOpen, PRIORITIES, STATUSES } from '../lists'
import { Dot, PriorityMark, STATUS_MARKS } from '../marks'
import { openOverlay, type PickKind } from '../overlays'
import { openTask } from '../panel/address'
import { understandDate } from '../quickadd/parse'
import { useReader } from '../reader'
import type { currentSubject } from '../subject'
import { isBoard } from '../views'
import { useLabels, useProjects, useWorkspace } from '../workspace'
import type { Command, Page } from './command'
import { currentSurroundings } from './surroundings'

type Subject = ReturnType<typeof currentSubject>

/** What can be done to the tasks that are selected, or to the one with the cursor. */
export function useTaskCommands({ tasks, edit, select }: Subject): Command[] {
  const words = useMessages()
  const { palette, task: taskWords, pick, keys } = words
  const { actions } = useWorkspace()
  const pages = usePages(tasks)
  const [first] = tasks
  if (!first) return []
  const ids = tasks.map(({ id }) => id)
  const one = tasks.length === 1
  const open = tasks.some(isOpen)
  const group = one ? palette.onTask(first.title) : palette.onTasks(tasks.length)
  const picker = (kind: PickKind) => () => openOverlay({ type: 'pick', kind, ids, anchor: anchorOf(first.id) })
  const shared = (field: 'status' | 'priority' | 'project_id') => tasks.every((task) => task[field] === first[field])
  const commands: (Command | false)[] = [
    open
      ? { id: 'complete', name: taskWords.completeSelected, group, Icon: Check, keys: [keys.caps.space], run: () => actions.complete(tasks) }
      : { id: 'reopen', name: palette.reopen, group, Icon: RotateCcw, keys: [keys.caps.space], run: () => actions.changeAll(ids, { status: 'todo' }) },
    one && { id: 'open', name: palette.openTask, group, Icon: PanelRight, keys: [keys.caps.enter], run: () => openTask(first.id) },
    one && { id: 'edit', name: taskWords.edit, group, Icon: Pencil, keys: ['e'], run: () => (edit ? edit(first.id) : focusIn('aside textarea')) },
    one && { id: 'describe', name: palette.describe, group, Icon: AlignLeft, run: () => describe(first.id, words) },
    { id: 'due', name: pick.due, group, Icon: CalendarDays, keys: ['d'], page: pages.due(picker('due')) },
    { id: 'priority', name: pick.priority, group, Icon: SignalHigh, keys: ['1–4'], page: pages.priority(shared('priority') ? first.priority : null) },
    { id: 'status', name: pick.status, group, Icon: CircleDot, keys: ['s'], page: pages.status(shared('status') ? first.status : null) },
    { id: 'labels', name: pick.labels, group, Icon: Tag, keys: ['l'], page: pages.labels() },
    { id: 'project', name: pick.project, group, Icon: Folder, keys: ['p'], page: pages.project(shared('project_id') ? first.project_id : undefined) },
    { id: 'start', name: pick.start, group, Icon: PlayCircle, run: picker('start') },
    one && { id: 'subtask', name: words.panel.addSubtask, group, Icon: CornerDownRight, run: () => openOverlay({ type: 'add', starter: { parent_id: first.id, project_id: first.project_id } }) },
    one && select !== null && { id: 'select', name: palette.select, group, Icon: SquareCheck, keys: ['x'], run: () => select(first.id) },
    ...cardCommands(first, group, words),
    { id: 'delete', name: taskWords.delete, group, Icon: Trash2, keys: [keys.caps.delete], run: () => actions.remove(tasks) },
  ]
  return commands.filter((command) => command !== false)
}

/** Moves the card as the keys do that move it. */
function cardCommands(task: Task, group: string, { palette }: Messages): Command[] {
  const around = currentSurroundings()
  if (!around || !isBoard(around.filters)) return []
  const carry = (key: string, name: string, Icon: Command['Icon'], cap: string): Command => ({ id: `card:${key}`, name, group, Icon, keys: ['⇧', cap], run: () => press(task.id, key) })
  return [
    carry('ArrowUp', palette.cardUp, ArrowUp, '↑'),
    carry('ArrowDown', palette.cardDown, ArrowDown, '↓'),
    carry('ArrowLeft', palette.cardLeft, ArrowLeft, '←'),
    carry('ArrowRight', palette.cardRight, ArrowRight, '→'),
  ]
}

function press(id: string, key: string): void {
  const card = document.querySelector<HTMLElement>(`[data-task="${id}"] [data-title]`)
  card?.focus()
  // Once the board knows that the cursor is there.
  requestAnimationFrame(() => card?.dispatchEvent(new KeyboardEvent('keydown', { key, shiftKey: true, bubbles: true, cancelable: true })))
}

/** Opens the task where it is not open, and its description for writing. */
function describe(id: string, { panel }: Messages): void {
  if (!location.pathname.endsWith(`/${id}`)) openTask(id)
  let frames = 60
  const look = () => {
    const write = [...document.querySelectorAll<HTMLButtonElement>('aside button')].find(({ textContent }) => textContent === panel.write || textContent === panel.describe)
    if (write) write.click()
    else if (document.querySelector('aside section textarea')) focusIn('aside section textarea')
    else if ((frames -= 1) > 0) requestAnimationFrame(look)
  }
  look()
}

function focusIn(selector: string): void {
  document.querySelector<HTMLElement>(selector)?.focus()
}

/** Where a picker opens: the row or card of the task, else the page itself. */
function anchorOf(id: string): HTMLElement {
  return document.querySelector<HTMLElement>(`[data-task="${id}"]`) ?? document.querySelector<HTMLElement>('aside dl') ?? document.body
}

function usePages(tasks: readonly Task[]) {
  const words = useMessages()
  const { palette, pick, task: taskWords, status, priority, days } = words
  const { actions } = useWorkspace()
  const reader = useReader()
  const labels = useLabels()
  const projects = useProjects()
  const ids = tasks.map(({ id }) => id)
  const base = (id: string, name: string): Command => ({ id, name, group: '' })

  const due = (calendar: () => void): Page => {
    const set = (value: When | null) => () => actions.changeAll(ids, { due: value })
    const next = (target: number) => ((target - weekday(reader.day) + 6) % 7) + 1
    const on = (id: string, name: string, ahead: number): Command => ({ ...base(id, name), Icon: CalendarDays, run: set({ date: addDays(reader.day, ahead) }) })
    const typed = (text: string): Command | null => {
      const value = understandDate(text, reader.zone)
      return value && { ...base(`due:${dayOf(value, reader.zone)}`, sayWhen(value, reader.zone, reader.locale, days)), Icon: CalendarDays, run: set(value) }
    }
    return {
      title: taskWords.due,
      typed,
      commands: [
        on('due:today', pick.today, 0),
        on('due:tomorrow', pick.tomorrow, 1),
        on('due:weekend', pick.weekend, weekday(reader.day) === 6 ? 0 : next(6)),
        on('due:week', pick.nextWeek, next(1)),
        { ...base('due:none', pick.noDate), Icon: CalendarDays, run: set(null) },
        { ...base('due:calendar', palette.calendar), Icon: CalendarDays, run: calendar },
      ],
    }
  }
  const priorities = (now: Task['priority'] | null): Page => ({
    title: taskWords.priority,
    commands: PRIORITIES.toReversed().map((value) => ({ ...base(`priority:${value}`, priority[value]), mark: <PriorityMark priority={value} />, chosen: value === now, run: () => actions.changeAll(ids, { priority: value }) })),
  })
  const statuses = (now: Task['status'] | null): Page => ({
    title: taskWords.status,
    commands: STATUSES.map((value) => ({ ...base(`status:${value}`, status[value]), mark: STATUS_MARKS[value], chosen: value === now, run: () => actions.changeAll(ids, { status: value }) })),
  })
  const give = (label: string, on: boolean) => actions.changeAll(ids, on ? { add_label_ids: [label] } : { remove_label_ids: [label] })
  const labelPage = (): Page => ({
    title: taskWords.labels,
    commands: labels.map(({ id, name, color }) => {
      const on = tasks.every((task) => task.label_ids.includes(id))
      return { ...base(`label:${id}`, name), mark: <Dot color={color} />, chosen: on, run: () => give(id, !on) }
    }),
    typed: (text) => (named(labels, text) ? null : { ...base('label:new', pick.create(text)), Icon: Plus, run: () => void actions.makeLabel({ name: text }).then(({ id }) => give(id, true), actions.sayFailed) }),
  })
  const move = (project_id: string | null) => actions.changeAll(ids, { project_id })
  const projectPage = (now: string | null | undefined): Page => ({
    title: taskWords.project,
    commands: [
      { ...base('move:inbox', taskWords.noProject), Icon: Inbox, chosen: now === null, run: () => move(null) },
      ...projects.map(({ id, name, color }) => ({ ...base(`move:${id}`, name), mark: <Dot color={color} square />, chosen: id === now, run: () => move(id) })),
    ],
    typed: (text) => (named(projects, text) ? null : { ...base('move:new', pick.create(text)), Icon: Plus, run: () => void actions.makeProject({ name: text }).then(({ id }) => move(id), actions.sayFailed) }),
  })
  return { due, priority: priorities, status: statuses, labels: labelPage, project: projectPage }
}

function named(items: readonly { name: string }[], text: string): boolean {
  return items.some(({ name }) => name.toLowerCase() === text.toLowerCase())
}
