'use client'

import { CalendarDays, Check, Folder, SignalHigh, Tag, Trash2, X } from 'lucide-react'
import type { Task } from '@/api/types'
import { IconButton } from '@/ui/button'
import { useMessages } from '@/ui/messages'
import { openOverlay, type PickKind } from '../overlays'
import { useWorkspace } from '../workspace'

/** What can be done to all selected tasks at once. */
export function SelectionBar({ tasks, clear }: { tasks: readonly Task[]; clear: () => void }) {
  const words = useMessages()
  const { actions } = useWorkspace()
  const ids = tasks.map(({ id }) => id)
  const picks: { kind: PickKind; Icon: typeof Tag; label: string }[] = [
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
      aria-label={words.task.selected(tasks.length)}
      className="rise fixed bottom-[calc(env(safe-area-inset-bottom)+4.5rem)] left-1/2 z-40 flex -translate-x-1/2 items-center gap-0.5 rounded-lg border border-line bg-raised p-1 pl-3.5 shadow-pop md:bottom-6"
    >
      <span className="pr-2 text-sm font-medium whitespace-nowrap tabular-nums">{words.task.selected(tasks.length)}</span>
      <IconButton label={words.task.completeSelected} onClick={act(() => actions.complete(tasks))}>
        <Check size={17} aria-hidden />
      </IconButton>
      {picks.map(({ kind, Icon, label }) => (
        <IconButton key={kind} label={label} onClick={(event) => openOverlay({ type: 'pick', kind, ids, anchor: event.currentTarget })}>
          <Icon size={17} aria-hidden />
        </IconButton>
      ))}
      <IconButton label={words.task.deleteSelected} onClick={act(() => actions.remove(tasks))}>
        <Trash2 size={17} aria-hidden />
      </IconButton>
      <span className="mx-1 h-5 w-px bg-line" />
      <IconButton label={words.task.clearSelection} onClick={clear}>
        <X size={17} aria-hidden />
      </IconButton>
    </div>
  )
}
