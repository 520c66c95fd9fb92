'use client'

import { type FormEvent, type KeyboardEvent, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { Button } from '@/ui/button'
import { keepDraft, readDraft, restOf } from '@/ui/draft'
import { useMessages } from '@/ui/messages'
import { Modal } from '@/ui/popup'
import { closeOverlay, type Starter } from '../overlays'
import { useReader } from '../reader'
import { useLabels, useProjects } from '../workspace'
import { Chips } from './chips'
import { Complaint, HighlightedField } from './highlighted-field'
import { isManyLines, isTooLong } from './lines'
import { ManyLines } from './many-lines'
import { type Token, type Understood, understand } from './parse'
import { DRAFT, useKeeping } from './take'

/** One line that becomes a task. What is understood is marked as it is typed, and can be taken back. */
export function QuickAdd({ starter: given, text: begun }: { starter: Starter; text?: string }) {
  const { add: words } = useMessages()
  const field = useRef<HTMLTextAreaElement>(null)
  const [text, setText] = useState(() => begun ?? readDraft(DRAFT))
  const [ignored, setIgnored] = useState<ReadonlySet<string>>(new Set())
  const [starter, setStarter] = useState(given)
  const [complaint, setComplaint] = useState<string | null>(null)
  const understood = useUnderstood(text, ignored)
  const many = isManyLines(text)
  // The field is another one from then on.
  useLayoutEffect(() => field.current?.focus(), [many])

  const write = (next: string) => {
    setText(next)
    keepDraft(DRAFT, next)
    setComplaint(null)
  }
  const paste = (pasted: string) => {
    if (!isManyLines(pasted)) return false
    write(text.trim() ? `${text.trim()}\n${pasted}` : pasted)
    return true
  }
  /** What was typed while it was being kept stays. */
  const forget = (taken: string) => {
    write(restOf(field.current?.value ?? '', taken))
    setIgnored(new Set())
  }
  const take = useKeeping(starter, () => setComplaint(words.notKept))
  const save = async (stay: boolean) => {
    if (!understood.title) return setComplaint(text.trim() ? words.needTitle : null)
    const kept = await take([{ line: { text, depth: 0, done: false }, understood }])
    if (!kept) return
    forget(text)
    if (!stay) closeOverlay()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.nativeEvent.isComposing) return
    event.preventDefault()
    void save(event.shiftKey)
  }
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    void save(false)
  }
  const ignore = (token: Token) => {
    setIgnored(new Set([...ignored, token.key]))
    field.current?.focus()
  }
  const begin = (next: Starter) => {
    setStarter(next)
    field.current?.focus()
  }
  if (many)
    return (
      <Modal title={words.title} hideTitle close={closeOverlay} initialFocus={field}>
        <ManyLines text={text} starter={starter} begin={begin} field={field} write={write} forget={forget} close={closeOverlay} />
      </Modal>
    )
  return (
    <Modal title={words.title} hideTitle close={closeOverlay} initialFocus={field}>
      <form onSubmit={onSubmit}>
        <div className="px-5 pt-5 pb-3">
          <HighlightedField ref={field} label={words.label} placeholder={words.placeholder} text={text} tokens={understood.tokens} onChange={write} onKeyDown={onKeyDown} onPaste={paste} />
          <Complaint text={complaint} />
          {isTooLong(understood.title) && (
            <p role="status" className="mt-2 text-sm text-soft">
              {words.goesOn}
            </p>
          )}
          <ul aria-label={words.understood} className="mt-3 flex min-h-8 pointer-coarse:min-h-10 flex-wrap gap-1.5 empty:invisible">
            <Chips understood={understood} starter={starter} ignore={ignore} begin={begin} />
          </ul>
        </div>
        <div className="flex items-center justify-between gap-3 border-t border-line px-5 py-3">
          <p className="text-sm text-faint max-sm:hidden">{words.hint}</p>
          <div className="flex flex-1 justify-end gap-2">
            <Button look="ghost" onClick={closeOverlay}>
              {words.cancel}
            </Button>
            <Button type="submit" look="primary" disabled={!understood.title}>
              {words.save}
            </Button>
          </div>
        </div>
      </form>
    </Modal>
  )
}

function useUnderstood(text: string, ignored: ReadonlySet<string>): Understood {
  const labels = useLabels()
  const projects = useProjects()
  const { zone } = useReader()
  return useMemo(() => understand(text, { labels, projects, zone, ignored }), [text, ignored, labels, projects, zone])
}
