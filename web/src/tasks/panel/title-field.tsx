'use client'

import { type KeyboardEvent, useEffect } from 'react'
import type { Task } from '@/api/types'
import { cx } from '@/ui/cx'
import { useMessages } from '@/ui/messages'
import { beginDraft, useDraft, write } from '../drafts'
import { isOpen } from '../lists'
import { useSaveOnLeaving, useSaving } from './saving'

/** The title, always a field. Leaving it or Enter saves; an empty one goes back to what it was. */
export function TitleField({ task }: { task: Task }) {
  const { task: words } = useMessages()
  const { leave } = useSaving()
  const draft = useDraft(task.id, 'title')
  useSaveOnLeaving(task.id, 'title')
  // What a reload cut short was left all the same.
  useEffect(() => leave(task.id, 'title'), [leave, task.id])
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key !== 'Enter' || event.nativeEvent.isComposing) return
    event.preventDefault()
    event.currentTarget.closest('aside')?.focus()
  }
  return (
    <textarea
      data-edit
      aria-label={words.title}
      rows={1}
      maxLength={500}
      value={draft?.text ?? task.title}
      onFocus={() => beginDraft(task.id, 'title', task.title)}
      onChange={(event) => write(task.id, 'title', event.target.value, task.title)}
      onKeyDown={onKeyDown}
      onBlur={() => leave(task.id, 'title')}
      className={cx(
        '-ml-1.5 field-sizing-content min-h-9 w-full resize-none rounded-md px-1.5 py-0.5 text-xl font-semibold tracking-tight outline-none hover:bg-hover focus:bg-transparent',
        !isOpen(task) && 'text-faint line-through decoration-1 focus:no-underline',
      )}
    />
  )
}
