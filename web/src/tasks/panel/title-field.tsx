'use client'

import { type KeyboardEvent, useRef, useState } from 'react'
import type { Task } from '@/api/types'
import { cx } from '@/ui/cx'
import { useMessages } from '@/ui/messages'
import { isOpen } from '../lists'
import { useWorkspace } from '../workspace'

/** The title, always a field. Leaving it or Enter saves; an empty one goes back to what it was. */
export function TitleField({ task }: { task: Task }) {
  const { task: words } = useMessages()
  const { actions } = useWorkspace()
  const [typed, setTyped] = useState<string | null>(null)
  const seen = useRef(task)
  const save = () => {
    const title = typed?.replace(/\s+/g, ' ').trim()
    setTyped(null)
    if (title && title !== seen.current.title) void actions.change(task.id, { title }, seen.current)
  }
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key !== 'Enter' || event.nativeEvent.isComposing) return
    event.preventDefault()
    event.currentTarget.blur()
  }
  return (
    <textarea
      aria-label={words.title}
      rows={1}
      maxLength={500}
      value={typed ?? task.title}
      onFocus={() => {
        seen.current = task
      }}
      onChange={(event) => setTyped(event.target.value)}
      onKeyDown={onKeyDown}
      onBlur={save}
      className={cx(
        '-ml-1.5 field-sizing-content min-h-9 w-full resize-none rounded-md px-1.5 py-0.5 text-xl font-semibold tracking-tight outline-none hover:bg-hover focus:bg-transparent',
        !isOpen(task) && 'text-faint line-through decoration-1 focus:no-underline',
      )}
    />
  )
}
