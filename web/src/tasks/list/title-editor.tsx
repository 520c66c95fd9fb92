'use client'

import { type KeyboardEvent, useEffect, useLayoutEffect, useRef } from 'react'
import type { Task } from '@/api/types'
import { useMessages } from '@/ui/messages'
import { beginDraft, dropDraft, useDraft, write } from '../drafts'
import { useSaveOnLeaving } from '../panel/saving'

/** The title as a field, in its place. Enter and leaving keep what was typed, Escape does not. */
export function TitleEditor({ task, close }: { task: Task; close: () => void }) {
  const words = useMessages().task
  const field = useRef<HTMLInputElement>(null)
  const first = useRef(task.title)
  const text = useDraft(task.id, 'title')?.text ?? task.title
  useLayoutEffect(() => beginDraft(task.id, 'title', first.current), [task.id])
  useSaveOnLeaving(task.id, 'title')
  useEffect(() => field.current?.select(), [])
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Escape') dropDraft(task.id, 'title')
    else if (event.key !== 'Enter') return
    close()
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <input
      ref={field}
      aria-label={words.title}
      value={text}
      maxLength={500}
      onChange={(event) => write(task.id, 'title', event.target.value, task.title)}
      onKeyDown={onKeyDown}
      // Not when another window has the focus: one comes back to the word one was at.
      onBlur={() => document.hasFocus() && close()}
      className="relative z-1 -my-1 -ml-1.5 h-8 min-w-0 flex-1 rounded-sm border border-accent bg-raised px-1.5 text-base outline-none"
    />
  )
}
