'use client'

import { CornerDownRight } from 'lucide-react'
import { type KeyboardEvent, type RefObject, useMemo } from 'react'
import { newId } from '@/api/ids'
import { Button } from '@/ui/button'
import { useMessages } from '@/ui/messages'
import { sayWhen } from '../dates'
import { PriorityMark } from '../marks'
import type { Starter } from '../overlays'
import { useLabels, useProjects, useReader, useWorkspace } from '../workspace'
import { draftsOf, linesOf, newNames } from './lines'
import { understand } from './parse'

interface ManyProps {
  text: string
  starter: Starter
  field: RefObject<HTMLTextAreaElement | null>
  write: (text: string) => void
  close: () => void
}

/** Many lines that become many tasks: as they were written above, as they were understood below. */
export function ManyLines({ text, starter, field, write, close }: ManyProps) {
  const words = useMessages()
  const { add } = words
  const reader = useReader()
  const read = useRead(text)
  const create = useCreateMany(starter)
  const save = () => {
    create(read)
    write('')
    close()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey)) return
    event.preventDefault()
    save()
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
        <p role="status" className="mt-3 text-sm font-semibold text-faint">
          {add.manyFound(read.length, steps)}
        </p>
        <ol aria-label={add.understood} className="mt-1 max-h-[30dvh] overflow-y-auto overscroll-contain">
          {read.map(({ line, understood }, index) => (
            <li key={index} className="flex min-h-8 flex-wrap items-center gap-x-2.5 text-sm" style={{ paddingLeft: `${line.depth * 1.25}rem` }}>
              {line.depth > 0 && <CornerDownRight size={14} aria-hidden className="shrink-0 text-faint" />}
              <span className={line.done ? 'text-faint line-through' : 'min-w-0 break-words'}>{understood.title || line.text}</span>
              {understood.priority && <PriorityMark priority={understood.priority} />}
              {understood.due && <span className="text-accent">{sayWhen(understood.due, reader.zone, reader.locale, words.days)}</span>}
              {understood.labels.map(({ name }) => (
                <span key={name} className="text-soft">
                  #{name}
                </span>
              ))}
              {understood.project && <span className="text-soft">+{understood.project.name}</span>}
            </li>
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
        <Button look="primary" onClick={save}>
          {add.saveMany(read.length)}
        </Button>
      </div>
    </>
  )
}

type Read = ReturnType<typeof useRead>

function useRead(text: string) {
  const labels = useLabels()
  const projects = useProjects()
  const { zone } = useReader()
  return useMemo(() => linesOf(text).map((line) => ({ line, understood: understand(line.text, { labels, projects, zone }) })), [text, labels, projects, zone])
}

function useCreateMany(starter: Starter) {
  const { done } = useMessages()
  const { actions, edits } = useWorkspace()
  return function create(read: Read) {
    const make = async () => {
      const names = newNames(read)
      const [labels, projects] = await Promise.all([
        Promise.all(names.labels.map((name) => actions.makeLabel({ name }))),
        Promise.all(names.projects.map((name) => actions.makeProject({ name }))),
      ])
      const ids = (items: readonly { id: string; name: string }[]) => new Map(items.map(({ id, name }) => [name.toLowerCase(), id]))
      return edits.createMany(draftsOf(read, starter, { labels: ids(labels), projects: ids(projects) }, newId))
    }
    actions.undoable(make(), done.addedMany(read.length), () => create(read))
  }
}
