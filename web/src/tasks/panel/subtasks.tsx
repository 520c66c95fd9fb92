'use client'

import { useInfiniteQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { type FormEvent, type MouseEvent, useEffect, useMemo, useState } from 'react'
import { newId } from '@/api/ids'
import type { Task } from '@/api/types'
import { cx } from '@/ui/cx'
import { keepDraft, readDraft, restOf } from '@/ui/draft'
import { useMessages } from '@/ui/messages'
import { sayWhen } from '../dates'
import { DoneButton } from '../list/row'
import { allTasks, isOpen } from '../lists'
import { listOptions } from '../queries'
import { useReader } from '../reader'
import { useWorkspace } from '../workspace'
import { openTask, taskPath } from './address'

/** The steps of a task, how far they are, and a line for the next. */
export function Subtasks({ task }: { task: Task }) {
  const { panel } = useMessages()
  const { readAt } = useWorkspace()
  const pages = useInfiniteQuery(listOptions({ parent_id: task.id, sort: 'position' }, readAt))
  const { hasNextPage, isFetching, fetchNextPage } = pages
  useEffect(() => {
    if (hasNextPage && !isFetching) void fetchNextPage()
  }, [hasNextPage, isFetching, fetchNextPage])
  const steps = useMemo(() => allTasks(pages.data), [pages.data])
  const done = steps.filter((step) => !isOpen(step)).length
  return (
    <section className="mt-6">
      <div className="mb-1 flex h-8 items-center gap-3">
        <h2 className="text-sm font-semibold text-faint">{panel.subtasks}</h2>
        {steps.length > 0 && (
          <>
            <span
              role="progressbar"
              aria-label={panel.progressLabel(done, steps.length)}
              aria-valuemin={0}
              aria-valuemax={steps.length}
              aria-valuenow={done}
              className="h-1.5 w-24 overflow-hidden rounded-full bg-line"
            >
              <span className="block h-full rounded-full bg-good transition-[width] duration-200" style={{ width: `${(done / steps.length) * 100}%` }} />
            </span>
            <span className="text-sm text-faint tabular-nums">{panel.progress(done, steps.length)}</span>
          </>
        )}
      </div>
      {steps.length > 0 && (
        <ul className="-mx-2">
          {steps.map((step) => (
            <Step key={step.id} step={step} />
          ))}
        </ul>
      )}
      {task.deleted_at === null && <NewStep task={task} />}
    </section>
  )
}

function Step({ step }: { step: Task }) {
  const { days } = useMessages()
  const { actions } = useWorkspace()
  const { zone, locale } = useReader()
  const open = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return
    event.preventDefault()
    openTask(step.id)
  }
  return (
    <li className="relative flex min-h-9 pointer-coarse:min-h-11 items-center gap-2.5 rounded-md px-2 hover:bg-hover">
      <DoneButton task={step} toggle={(task) => actions.change(task.id, { status: isOpen(task) ? 'done' : 'todo' })} />
      <a href={taskPath(step.id)} onClick={open} className={cx('min-w-0 flex-1 py-1.5 break-words after:absolute after:inset-0', !isOpen(step) && 'text-faint line-through decoration-1')}>
        {step.title}
      </a>
      {step.due && <span className="shrink-0 text-sm text-faint">{sayWhen(step.due, zone, locale, days)}</span>}
    </li>
  )
}

function NewStep({ task }: { task: Task }) {
  const { panel } = useMessages()
  const { actions, capture } = useWorkspace()
  const kept = `${task.id}:step`
  const [title, setTitle] = useState(() => readDraft(kept))
  const write = (text: string) => {
    setTitle(text)
    keepDraft(kept, text)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!title.trim()) return
    const field = event.currentTarget.querySelector('input')!
    const draft = { id: newId(), title: title.trim(), parent_id: task.id, project_id: task.project_id }
    capture.take({ drafts: [draft], labels: [], projects: [] }, task.title).then(() => write(restOf(field.value, title)), actions.sayFailed)
  }
  return (
    <form onSubmit={submit} className="-mx-2 flex items-center gap-2.5 rounded-md px-2 focus-within:bg-hover hover:bg-hover">
      <Plus size={18} aria-hidden className="shrink-0 text-faint" />
      <input
        aria-label={panel.addSubtask}
        placeholder={panel.addSubtask}
        value={title}
        maxLength={500}
        autoComplete="off"
        enterKeyHint="done"
        onChange={(event) => write(event.target.value)}
        className="h-9 w-full pointer-coarse:h-11 bg-transparent outline-none"
      />
    </form>
  )
}
