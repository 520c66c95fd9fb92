'use client'

import { useRef } from 'react'
import type { Task, TaskPatch } from '@/api/types'
import { Button } from '@/ui/button'
import { useMessages } from '@/ui/messages'
import { Modal } from '@/ui/popup'
import { dropDraft, rebase, useDraft } from '../drafts'
import { closeOverlay } from '../overlays'
import { useWorkspace } from '../workspace'
import { FIELDS } from './history'
import { useSay } from './history-list'
import { useSaving } from './saving'

/** Two wrote the same part of a task at the same time: both versions, and the question which one stays. */
export function Conflict({ theirs, mine }: { theirs: Task; mine: TaskPatch }) {
  const { conflict: words } = useMessages()
  const { actions } = useWorkspace()
  const { leave } = useSaving()
  const start = useRef<HTMLParagraphElement>(null)
  const title = useDraft(theirs.id, 'title')?.text
  const description = useDraft(theirs.id, 'description')?.text
  // The newest of what is typed: more may have come since the question arose.
  const own: TaskPatch = { ...mine, ...('title' in mine && title?.trim() && { title }), ...('description' in mine && description !== undefined && { description }) }
  const fields = FIELDS.filter((field) => field in mine)
  const texts = (['title', 'description'] as const).filter((field) => field in mine)
  const long = texts.includes('description') ? String(own.description ?? '') : null
  const keep = (patch: TaskPatch) => {
    closeOverlay()
    for (const field of texts) rebase(theirs.id, field, String(patch[field] ?? ''), theirs[field])
    for (const field of texts) leave(theirs.id, field)
    const rest = Object.fromEntries(Object.entries(patch).filter(([field]) => field !== 'title' && field !== 'description'))
    if (Object.keys(rest).length > 0) void actions.change(theirs.id, rest, theirs)
  }
  const drop = () => {
    for (const field of texts) dropDraft(theirs.id, field)
    closeOverlay()
  }
  return (
    <Modal title={words.title(theirs.title)} close={closeOverlay} initialFocus={start} width="max-w-3xl">
      <div className="p-5 pt-2">
        {/* The focus begins here and not on a button: somebody may be in the middle of a word. */}
        <p ref={start} tabIndex={-1} className="text-soft outline-none">
          {words.text}
        </p>
        {fields.map((field) => (
          <div key={field} className="mt-4 grid gap-3 sm:grid-cols-2">
            <Version name={words.mine} field={field} value={own[field]} />
            <Version name={words.theirs} field={field} value={theirs[field]} />
          </div>
        ))}
        <div className="mt-5 flex flex-wrap justify-end gap-2">
          <Button onClick={drop}>{words.useTheirs}</Button>
          {long !== null && <Button onClick={() => keep({ description: `${theirs.description}\n\n${long}` })}>{words.useBoth}</Button>}
          <Button look="primary" onClick={() => keep(own)}>
            {words.useMine}
          </Button>
        </div>
      </div>
    </Modal>
  )
}

function Version({ name, field, value }: { name: string; field: (typeof FIELDS)[number]; value: unknown }) {
  const say = useSay()
  const labels = Array.isArray(value) ? value.map((id) => say('label_ids', id)).join(', ') : say(field, value ?? null)
  return (
    <section aria-label={name} className="min-w-0 rounded-md border border-line bg-canvas p-3">
      <h3 className="mb-1 text-sm font-semibold text-faint">{name}</h3>
      <p className="max-h-72 overflow-y-auto break-words whitespace-pre-wrap">{labels}</p>
    </section>
  )
}
