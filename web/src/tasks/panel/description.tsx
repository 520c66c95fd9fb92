'use client'

import dynamic from 'next/dynamic'
import { type MouseEvent, useCallback, useEffect, useRef, useState } from 'react'
import type { Task } from '@/api/types'
import { keepDraft, readDraft } from '@/ui/draft'
import { useMessages } from '@/ui/messages'
import { useWorkspace } from '../workspace'

const Rendered = dynamic(() => import('@/ui/markdown'), { ssr: false })
const IDLE = 1_500

/** Markdown: shown rendered, written as text. What is typed is kept in the tab until the server has it. */
export function Description({ task }: { task: Task }) {
  const { panel } = useMessages()
  const [writing, setWriting] = useState(() => Boolean(readDraft(task.id)))
  const edit = (event: MouseEvent) => {
    if ((event.target as HTMLElement).closest('a')) return
    setWriting(true)
  }
  return (
    <section className="mt-6">
      <div className="mb-1 flex h-8 items-center justify-between">
        <h2 className="text-sm font-semibold text-faint">{panel.description}</h2>
        {(writing || task.description) && (
          <button type="button" onClick={() => setWriting(!writing)} className="h-8 rounded-md px-2 text-sm text-soft hover:bg-hover hover:text-ink">
            {writing ? panel.preview : panel.write}
          </button>
        )}
      </div>
      {writing ? (
        <Editor task={task} close={() => setWriting(false)} />
      ) : task.description ? (
        <div onClick={edit} className="-mx-2 cursor-text rounded-md px-2 py-1 hover:bg-hover">
          <Rendered text={task.description} />
        </div>
      ) : (
        <button type="button" onClick={() => setWriting(true)} className="-mx-2 w-[calc(100%+1rem)] rounded-md px-2 py-2 text-left text-faint hover:bg-hover">
          {panel.describe}
        </button>
      )}
    </section>
  )
}

function Editor({ task, close }: { task: Task; close: () => void }) {
  const { panel } = useMessages()
  const { actions, edits } = useWorkspace()
  const seen = useRef(task)
  const [text, setText] = useState(() => readDraft(task.id) || task.description)
  const field = useRef<HTMLTextAreaElement>(null)
  useEffect(() => {
    const end = field.current?.value.length ?? 0
    field.current?.focus()
    field.current?.setSelectionRange(end, end)
  }, [])

  const save = useCallback(
    async (description: string) => {
      if (description === seen.current.description) return keepDraft(task.id, '')
      const saved = await actions.change(task.id, { description }, seen.current)
      if (!saved) return
      seen.current = edits.find(task.id) ?? seen.current
      if (readDraft(task.id) === description) keepDraft(task.id, '')
    },
    [actions, edits, task.id],
  )
  useEffect(() => {
    const timer = setTimeout(() => void save(text), IDLE)
    return () => clearTimeout(timer)
  }, [text, save])
  return (
    <textarea
      ref={field}
      aria-label={panel.description}
      placeholder={panel.describe}
      value={text}
      maxLength={100_000}
      onChange={(event) => {
        setText(event.target.value)
        keepDraft(task.id, event.target.value)
      }}
      onBlur={() => {
        void save(text)
        close()
      }}
      className="field-sizing-content min-h-32 w-full resize-none rounded-md border border-edge bg-canvas px-3 py-2 text-base outline-none focus:border-accent focus:outline-1 focus:-outline-offset-2 focus:outline-accent"
    />
  )
}
