'use client'

import { ArrowDown, ArrowUp, CalendarDays, Check, CircleDot, Folder, ListChecks, SignalHigh, Tag, Trash2, X } from 'lucide-react'
import { useEffect, useRef } from 'react'
import type { Task } from '@/api/types'
import { Button, IconButton } from '@/ui/button'
import { useMessages } from '@/ui/messages'
import { openOverlay, type PickKind } from '../overlays'
import { useWorkspace } from '../workspace'
import type { Everything } from './everything'

interface BarProps {
  tasks: readonly Task[]
  clear: () => void
  /** Takes the focus back to the tasks, when the bar goes with it. */
  leave: () => void
  all?: Everything
  /** Moves them up or down, where their order is one's own. */
  step?: (down: boolean) => void
}

/** What can be done to all selected tasks at once. */
export function SelectionBar({ tasks, clear, leave, all, step }: BarProps) {
  const words = useMessages()
  const { actions } = useWorkspace()
  useLeaving(leave)
  const ids = tasks.map(({ id }) => id)
  const picks: { kind: PickKind; Icon: typeof Tag; label: string }[] = [
    { kind: 'status', Icon: CircleDot, label: words.pick.status },
    { kind: 'due', Icon: CalendarDays, label: words.pick.due },
    { kind: 'priority', Icon: SignalHigh, label: words.pick.priority },
    { kind: 'labels', Icon: Tag, label: words.pick.labels },
    { kind: 'project', Icon: Folder, label: words.pick.project },
  ]
  const act = (work: () => void) => () => {
    work()
    clear()
  }
  return (
    <div
      role="toolbar"
      data-bar
      aria-label={words.task.selected(tasks.length)}
      className="rise fixed bottom-[calc(env(safe-area-inset-bottom)+4.5rem)] left-1/2 z-40 flex w-max max-w-[calc(100vw-1rem)] -translate-x-1/2 flex-wrap items-center rounded-lg border border-line bg-raised p-1 shadow-pop md:bottom-6 md:left-[calc(50%+7.5rem)]"
    >
      <div className="flex items-center gap-0.5 max-sm:w-full">
        <span className="mr-auto px-2.5 text-sm font-medium whitespace-nowrap tabular-nums">{words.task.selected(tasks.length)}</span>
        {all && <All {...all} leave={leave} />}
        <IconButton label={words.task.clearSelection} onClick={clear}>
          <X size={17} aria-hidden />
        </IconButton>
      </div>
      <span className="mx-1 h-5 w-px bg-line max-sm:mx-0 max-sm:my-1 max-sm:h-px max-sm:w-full" />
      <div className="flex flex-wrap items-center justify-between gap-x-0.5 max-sm:w-full max-sm:gap-x-0">
        <IconButton label={words.task.completeSelected} onClick={act(() => actions.complete(tasks))}>
          <Check size={17} aria-hidden />
        </IconButton>
        {picks.map(({ kind, Icon, label }) => (
          <IconButton key={kind} label={label} onClick={(event) => openOverlay({ type: 'pick', kind, ids, anchor: event.currentTarget })}>
            <Icon size={17} aria-hidden />
          </IconButton>
        ))}
        {step && (
          <>
            <IconButton label={words.task.moveUp} onClick={() => step(false)}>
              <ArrowUp size={17} aria-hidden />
            </IconButton>
            <IconButton label={words.task.moveDown} onClick={() => step(true)}>
              <ArrowDown size={17} aria-hidden />
            </IconButton>
          </>
        )}
        <IconButton label={words.task.deleteSelected} onClick={act(() => actions.remove(tasks))}>
          <Trash2 size={17} aria-hidden />
        </IconButton>
      </div>
    </div>
  )
}

/** Those too that are still to be read. */
function All({ count, capped, more, read, choose, leave }: Everything & Pick<BarProps, 'leave'>) {
  const { task: words, shell } = useMessages()
  useLeaving(leave)
  if (!more && read === null)
    return (
      <IconButton label={words.selectAll} onClick={choose}>
        <ListChecks size={17} aria-hidden />
      </IconButton>
    )
  const offer = count === null ? words.selectAll : (capped ? words.selectFirst : words.selectAllOf)(count)
  return (
    <>
      <Button look="ghost" size="sm" aria-disabled={read !== null} onClick={() => read === null && choose()} className="tabular-nums">
        {read === null ? offer : words.selectingAll(read, count)}
      </Button>
      <span role="status" className="sr-only">
        {read !== null && shell.loading}
      </span>
    </>
  )
}

function useLeaving(leave: () => void): void {
  const latest = useRef(leave)
  useEffect(() => {
    latest.current = leave
  })
  useEffect(
    () => () => {
      if (document.activeElement === null || document.activeElement === document.body) latest.current()
    },
    [],
  )
}
