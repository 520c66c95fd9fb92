'use client'

import { useQuery } from '@tanstack/react-query'
import { ArrowUpRight, RotateCcw, Trash2, X } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { type KeyboardEvent, type RefObject, useCallback, useEffect, useMemo, useRef } from 'react'
import { ApiError } from '@/api/problem'
import type { Task } from '@/api/types'
import { Button, IconButton } from '@/ui/button'
import { Empty } from '@/ui/empty'
import { explain } from '@/ui/explain'
import { useKeys } from '@/ui/keyboard'
import { useMessages } from '@/ui/messages'
import type { TaskActions } from '../actions'
import { DoneButton } from '../list/row'
import { isDelete, rowAround, runTaskKey } from '../list/task-keys'
import { taskOptions } from '../queries'
import { useReader } from '../reader'
import { useSubject } from '../subject'
import { WaitingMark } from '../waiting'
import { useWorkspace } from '../workspace'
import { closeTask, openTask } from './address'
import { Description, Rendered } from './description'
import { afterClosing } from './focus'
import { panelClass } from './frame'
import { HistoryList, HistorySection } from './history-section'
import { Properties } from './properties'
import { Subtasks } from './subtasks'
import { TitleField } from './title-field'

/** What it needs as soon as somebody looks closer. */
export const PARTS = [Rendered, HistoryList]

/** One task in full, over the list it was opened from. */
export function TaskPanel({ id }: { id: string }) {
  const { panel, task: words } = useMessages()
  const router = useRouter()
  const frame = useRef<HTMLElement>(null)
  const task = useQuery(taskOptions(id))
  const close = () => {
    if (!closeTask()) router.replace('/all')
  }
  useEffect(() => {
    // Not away from a text that was left unsaved and is open again.
    if (!frame.current?.contains(document.activeElement)) frame.current?.focus({ preventScroll: true })
  }, [id])
  usePanelKeys(frame, task.data, close)
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.defaultPrevented || !(event.target instanceof HTMLElement) || !event.target.matches('input, textarea')) return
    frame.current?.focus()
    event.preventDefault()
  }
  return (
    <aside
      ref={frame}
      tabIndex={-1}
      aria-label={task.data ? `${panel.label}: ${task.data.title}` : panel.label}
      onKeyDown={onKeyDown}
      className={panelClass}
    >
      {task.data ? <Opened key={id} task={task.data} close={close} /> : <Waiting error={task.error} retry={() => void task.refetch()} close={close} />}
      <span className="sr-only">{words.title}</span>
    </aside>
  )
}

/** While a task is open, keys mean it, except from a row of the list that has the focus. */
function usePanelKeys(frame: RefObject<HTMLElement | null>, task: Task | undefined, close: () => void) {
  const { actions } = useWorkspace()
  const tasks = useMemo(() => (task && task.deleted_at === null ? [task] : []), [task])
  const edit = useCallback(() => frame.current?.querySelector<HTMLElement>('[data-edit]')?.focus(), [frame])
  useSubject('panel', tasks, edit)
  useKeys((key, event) => {
    const [open] = tasks
    const atRest = event.target === document.body || event.target === frame.current
    if (key === 'Escape') close()
    else if (!open || rowAround(event.target)) return false
    else if (key === ' ' && atRest) actions.toggle(open)
    else if (isDelete(key) && atRest) removeAndClose(actions, open, close)
    else return runTaskKey(key, { tasks, edit, select: null }, (kind) => frame.current?.querySelector<HTMLElement>(`[data-pick="${kind}"]`) ?? null, actions)
    return true
  })
}

/** Closed first: the row that takes the task's place gets the focus. */
function removeAndClose(actions: TaskActions, task: Task, close: () => void) {
  afterClosing(() => actions.remove([task]))
  close()
}

function Opened({ task, close }: { task: Task; close: () => void }) {
  const { panel, task: words } = useMessages()
  const { actions } = useWorkspace()
  return (
    <>
      <header className="flex h-14 shrink-0 items-center gap-1 border-b border-line pr-2 pl-4">
        <Parent task={task} />
        <WaitingMark id={task.id} />
        {task.deleted_at === null && (
          <IconButton label={words.delete} onClick={() => removeAndClose(actions, task, close)}>
            <Trash2 size={17} aria-hidden />
          </IconButton>
        )}
        <IconButton label={panel.close} onClick={close}>
          <X size={19} aria-hidden />
        </IconButton>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain px-4 pt-5 pb-16 sm:px-6">
        {task.deleted_at !== null && (
          <p className="mb-4 flex items-center justify-between gap-3 rounded-md bg-warn-soft px-3 py-2 text-sm text-warn">
            {panel.inTrash}
            <Button size="sm" onClick={() => actions.restore(task)}>
              <RotateCcw size={15} aria-hidden />
              {words.restore}
            </Button>
          </p>
        )}
        <div className="flex items-start gap-2.5">
          <span className="pt-1.5">
            <DoneButton task={task} toggle={(now) => actions.toggle(now)} />
          </span>
          <TitleField task={task} />
        </div>
        <Properties task={task} />
        <Description task={task} />
        <Subtasks task={task} />
        <HistorySection task={task} />
        <Stamps task={task} />
      </div>
    </>
  )
}

/** The way up, where there is one. */
function Parent({ task }: { task: Task }) {
  const { panel } = useMessages()
  const parent = useQuery({ ...taskOptions(task.parent_id ?? ''), enabled: task.parent_id !== null })
  if (!parent.data) return <span className="flex-1" />
  const { id, title } = parent.data
  return (
    <div className="flex min-w-0 flex-1 items-center gap-1.5 text-sm text-faint">
      {panel.partOf}
      <button type="button" onClick={() => openTask(id)} className="flex h-8 pointer-coarse:h-10 min-w-0 items-center gap-1 rounded-md px-1.5 font-medium text-soft hover:bg-hover hover:text-ink">
        <span className="truncate">{title}</span>
        <ArrowUpRight size={14} aria-hidden className="shrink-0" />
      </button>
    </div>
  )
}

function Stamps({ task }: { task: Task }) {
  const { panel } = useMessages()
  const { zone, locale } = useReader()
  const say = (instant: string) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: zone }).format(Date.parse(instant))
  return (
    <p className="mt-6 flex flex-wrap gap-x-4 gap-y-0.5 text-xs text-faint">
      <span>{panel.created(say(task.created_at))}</span>
      <span>{task.completed_at ? panel.completedAt(say(task.completed_at)) : panel.updated(say(task.updated_at))}</span>
    </p>
  )
}

function Waiting({ error, retry, close }: { error: Error | null; retry: () => void; close: () => void }) {
  const messages = useMessages()
  const { panel, shell } = messages
  const missing = error instanceof ApiError && error.status === 404
  return (
    <>
      <header className="flex h-14 shrink-0 items-center justify-end border-b border-line pr-2">
        <IconButton label={panel.close} onClick={close}>
          <X size={19} aria-hidden />
        </IconButton>
      </header>
      {error ? (
        <Empty title={missing ? panel.missing : shell.unreachable} text={missing ? panel.missingText : explain(error, messages)}>
          <Button onClick={missing ? close : retry}>{missing ? panel.toAll : shell.retry}</Button>
        </Empty>
      ) : (
        <div role="status" aria-label={panel.loading} className="flex flex-col gap-4 px-6 pt-8">
          {[70, 45, 52, 38].map((width) => (
            <span key={width} className="breathe h-4 rounded-full bg-line" style={{ width: `${width}%` }} />
          ))}
        </div>
      )}
    </>
  )
}
