'use client'

import { CornerDownRight } from 'lucide-react'
import { type KeyboardEvent, type RefObject, useMemo, useState } from 'react'
import { Button } from '@/ui/button'
import { useMessages } from '@/ui/messages'
import type { Starter } from '../overlays'
import { useReader } from '../reader'
import { useLabels, useProjects } from '../workspace'
import { Chips } from './chips'
import { Complaint } from './highlighted-field'
import { isTooLong, linesOf, type Read } from './lines'
import { type Token, understand } from './parse'
import { useKeeping } from './take'

interface ManyProps {
  text: string
  starter: Starter
  begin: (starter: Starter) => void
  field: RefObject<HTMLTextAreaElement | null>
  write: (text: string) => void
  forget: (taken: string) => void
  close: () => void
}

/** Many lines that become many tasks: as they were written above, as they were understood below. */
export function ManyLines({ text, starter, begin, field, write, forget, close }: ManyProps) {
  const { add } = useMessages()
  const [complaint, setComplaint] = useState<string | null>(null)
  const [plain, setPlain] = useState<readonly Plain[]>([])
  const read = useRead(text, plain)
  const take = useKeeping(starter, () => setComplaint(add.notKept))
  const save = async () => {
    if (!(await take(read))) return
    forget(text)
    close()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey)) return
    event.preventDefault()
    void save()
  }
  const ignore = (line: string, { key }: Token) => {
    setPlain([...plain, { line, key }])
    field.current?.focus()
  }
  const steps = read.filter(({ line }) => line.depth > 0).length
  return (
    <>
      <div className="px-5 pt-5 pb-3">
        <textarea
          ref={field}
          aria-label={add.lines}
          value={text}
          spellCheck={false}
          onChange={(event) => write(event.target.value)}
          onKeyDown={onKeyDown}
          className="field-sizing-content max-h-[30dvh] min-h-24 w-full resize-none rounded-md border border-edge bg-canvas px-3 py-2 text-base leading-6 outline-none focus:border-accent"
        />
        <Complaint text={complaint} />
        <p role="status" className="mt-3 text-sm font-semibold text-faint">
          {add.manyFound(read.length, steps)}
        </p>
        <ul aria-label={add.place} className="mt-2 flex flex-wrap gap-1.5 empty:hidden">
          <Chips understood={NOTHING} starter={starter} ignore={() => undefined} begin={begin} />
        </ul>
        <ol aria-label={add.understood} className="mt-1 max-h-[30dvh] overflow-y-auto overscroll-contain">
          {read.map((one, index) => (
            <Line key={index} {...one} ignore={(token) => ignore(one.line.text, token)} />
          ))}
        </ol>
      </div>
      <div className="flex flex-wrap items-center justify-end gap-2 border-t border-line px-5 py-3">
        <Button look="ghost" className="mr-auto" onClick={() => write(linesOf(text).map(({ text: line }) => line).join(' '))}>
          {add.asOne}
        </Button>
        <Button look="ghost" onClick={close}>
          {add.cancel}
        </Button>
        <Button look="primary" onClick={() => void save()}>
          {add.saveMany(read.length)}
        </Button>
      </div>
    </>
  )
}

const NOTHING = { title: '', due: null, priority: null, labels: [], project: null, tokens: [] }

function Line({ line, understood, ignore }: Read & { ignore: (token: Token) => void }) {
  const { add } = useMessages()
  const title = understood.title || line.text
  return (
    <li className="flex min-h-8 flex-wrap items-center gap-x-2.5 gap-y-1 py-0.5 text-sm" style={{ paddingLeft: `${line.depth * 1.25}rem` }}>
      {line.depth > 0 && <CornerDownRight size={14} aria-hidden className="shrink-0 text-faint" />}
      <span className={line.done ? 'text-faint line-through' : 'min-w-0 break-words'}>{title}</span>
      {isTooLong(title) && <span className="text-soft">{add.goesOn}</span>}
      <ul className="contents">
        <Chips understood={understood} ignore={ignore} small />
      </ul>
    </li>
  )
}

/** A part of one line that stays plain words. */
interface Plain {
  line: string
  key: string
}

function useRead(text: string, plain: readonly Plain[]): Read[] {
  const labels = useLabels()
  const projects = useProjects()
  const { zone } = useReader()
  return useMemo(() => {
    const ignored = (written: string) => new Set(plain.flatMap(({ line, key }) => (line === written ? [key] : [])))
    return linesOf(text).map((line) => ({ line, understood: understand(line.text, { labels, projects, zone, ignored: ignored(line.text) }) }))
  }, [text, plain, labels, projects, zone])
}
