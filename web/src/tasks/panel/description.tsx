'use client'

import { type FocusEvent, type KeyboardEvent, type MouseEvent, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { Task } from '@/api/types'
import { cx } from '@/ui/cx'
import { Boundary, later } from '@/ui/later'
import { useMessages } from '@/ui/messages'
import { beginDraft, draftOf, isWritten, useDraft, write } from '../drafts'
import { useSaveOnLeaving, useSaving } from './saving'

export const Rendered = later(() => import('@/ui/markdown').then((file) => file.default))
const IDLE = 1_500
const BODY = 'description'

/** Markdown: shown rendered, written as text. What is typed is kept in the tab until the server has it. */
export function Description({ task }: { task: Task }) {
  const { panel } = useMessages()
  const draft = useDraft(task.id, 'description')
  const [writing, setWriting] = useState(() => isWritten(draftOf(task.id, 'description')))
  const text = draft?.text ?? task.description
  const edit = (event: MouseEvent) => {
    if ((event.target as HTMLElement).closest('a')) return
    setWriting(true)
  }
  return (
    <section className="mt-6">
      <div className="mb-1 flex h-8 items-center gap-3 pointer-coarse:h-10">
        <h2 className="text-sm font-semibold text-faint">{panel.description}</h2>
        {!writing && isWritten(draft) && draft.text !== task.description && <span className="text-sm text-warn">{panel.draftKept}</span>}
        {(writing || text) && <Sides writing={writing} turn={setWriting} />}
      </div>
      {writing ? (
        <div id={BODY} role="tabpanel" aria-label={panel.write}>
          <Editor task={task} close={() => setWriting(false)} />
        </div>
      ) : text ? (
        <div id={BODY} role="tabpanel" aria-label={panel.preview} onClick={edit} className="-mx-2 cursor-text rounded-md px-2 py-1 hover:bg-hover">
          <Boundary failed={() => <p className="break-words whitespace-pre-wrap">{text}</p>}>
            <Rendered text={text} />
          </Boundary>
        </div>
      ) : (
        <button type="button" onClick={() => setWriting(true)} className="-mx-2 w-[calc(100%+1rem)] rounded-md px-2 py-2 text-left text-faint hover:bg-hover">
          {panel.describe}
        </button>
      )}
    </section>
  )
}

/** Write and Preview. A press leaves the focus in the text until the click is complete: the text stays open for it. */
function Sides({ writing, turn }: { writing: boolean; turn: (writing: boolean) => void }) {
  const { panel } = useMessages()
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return
    const { target } = event
    if (target instanceof HTMLElement) (target.nextElementSibling ?? target.previousElementSibling)?.closest<HTMLElement>('button')?.focus()
    event.preventDefault()
  }
  const side = (here: boolean, name: ReactNode) => (
    <button
      type="button"
      role="tab"
      aria-selected={writing === here}
      aria-controls={BODY}
      tabIndex={writing === here ? 0 : -1}
      onPointerDown={(event) => event.preventDefault()}
      onMouseDown={(event) => event.preventDefault()}
      onClick={(event) => {
        event.currentTarget.focus()
        turn(here)
      }}
      className={cx('h-7 rounded-sm px-2 text-sm pointer-coarse:h-10 pointer-coarse:px-3', writing === here ? 'bg-hover font-medium text-ink' : 'text-soft hover:text-ink')}
    >
      {name}
    </button>
  )
  return (
    <div role="tablist" aria-label={panel.description} onKeyDown={onKeyDown} className="ml-auto flex gap-0.5">
      {side(true, panel.write)}
      {side(false, panel.preview)}
    </div>
  )
}

function Editor({ task, close }: { task: Task; close: () => void }) {
  const { panel } = useMessages()
  const { save } = useSaving()
  const text = useDraft(task.id, 'description')?.text ?? task.description
  const field = useRef<HTMLTextAreaElement>(null)
  const first = useRef(task.description)
  useLayoutEffect(() => {
    beginDraft(task.id, 'description', first.current)
    const end = field.current?.value.length ?? 0
    field.current?.focus()
    field.current?.setSelectionRange(end, end)
  }, [task.id])
  useSaveOnLeaving(task.id, 'description')
  useEffect(() => {
    const timer = setTimeout(() => save(task.id, 'description'), IDLE)
    return () => clearTimeout(timer)
  }, [text, save, task.id])

  const onBlur = ({ relatedTarget, currentTarget }: FocusEvent) => {
    // Another window has the focus: one comes back to the word one was at.
    if (!document.hasFocus()) return
    save(task.id, 'description')
    const elsewhere = relatedTarget instanceof HTMLElement && relatedTarget.closest('aside') !== null
    if (elsewhere && relatedTarget.closest('section') !== currentTarget.closest('section')) close()
  }
  return (
    <textarea
      ref={field}
      aria-label={panel.description}
      placeholder={panel.describe}
      value={text}
      maxLength={100_000}
      onChange={(event) => write(task.id, 'description', event.target.value, task.description)}
      onBlur={onBlur}
      className="field-sizing-content min-h-32 w-full resize-none rounded-md border border-edge bg-canvas px-3 py-2 text-base outline-none focus:border-accent focus:outline-1 focus:-outline-offset-2 focus:outline-accent"
    />
  )
}
