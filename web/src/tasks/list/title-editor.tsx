'use client'

import { type KeyboardEvent, useEffect, useRef } from 'react'
import type { Task } from '@/api/types'
import { useMessages } from '@/ui/messages'

/** The title as a field, in its place. Enter and leaving keep what was typed, Escape does not. */
export function TitleEditor({ task, rename, close }: { task: Task; rename: (task: Task, title: string) => void; close: () => void }) {
  const words = useMessages().task
  const field = useRef<HTMLInputElement>(null)
  const over = useRef(false)
  const seen = useRef(task)
  useEffect(() => field.current?.select(), [])
  const finish = (keep: boolean) => {
    if (over.current) return
    over.current = true
    const title = field.current?.value.trim() ?? ''
    if (keep && title && title !== seen.current.title) rename(seen.current, title)
    close()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Enter') finish(true)
    else if (event.key === 'Escape') finish(false)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <input
      ref={field}
      aria-label={words.title}
      defaultValue={task.title}
      maxLength={500}
      onKeyDown={onKeyDown}
      onBlur={() => finish(true)}
      className="relative z-1 -my-1 -ml-1.5 h-8 min-w-0 flex-1 rounded-sm border border-accent bg-raised px-1.5 text-base outline-none"
    />
  )
}
