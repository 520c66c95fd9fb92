'use client'

import { Search } from 'lucide-react'
import { usePathname } from 'next/navigation'
import { type MouseEvent, useDeferredValue, useEffect, useRef, useState } from 'react'
import type { Label, Project, Task } from '@/api/types'
import { useMember } from '@/api/session'
import { useMessages } from '@/ui/messages'
import { columnsOf } from '../board/columns'
import { EVERYBODYS, type FirstRead, firstRead, keepFirstLaid, PLAIN, sightDrawn } from '../first-read'
import { useReader } from '../reader'
import { ShellSkeleton, SideSkeleton } from '../shell/skeleton'
import { sayLongDay } from '../dates'
import type { View } from '../views'
import { Heading, nameOfDay } from './heading'
import { ListHead, pageClass } from './head'
import { type RowHandlers, TaskRow } from './row'
import { offsetOf, SCROLLER, scrollerOf } from './scroller'
import { type Item, itemsOf, type Section, sectionsOf } from './sections'

type Kind = (typeof EVERYBODYS)[number]
const SHORTEST = 40

/** What stands there before the code of the app does: the beginning of a list as soon as that was read, else grey bars. */
export function FirstSight() {
  const path = usePathname()
  const kind = EVERYBODYS.find((name) => path === `/${name}`)
  const known = useMember() !== null
  const [read, setRead] = useState<FirstRead | null>(null)
  useEffect(() => void firstRead().then(setRead), [])
  useHeldKeys()
  // Deferred: drawn in small pieces, between which the browser can do other things.
  const seen = useDeferredValue(known ? read : null)
  return kind && known && seen ? <Sight kind={kind} read={seen} /> : <ShellSkeleton />
}

/** Looks as the list will, and is not it yet: what is done to it is done to that once it is there. */
function Sight({ kind, read }: { kind: Kind; read: FirstRead }) {
  const messages = useMessages()
  const reader = useReader()
  const list = useRef<HTMLDivElement>(null)
  const view: View = { kind }
  const { sections, items } = contents(view, read, reader)
  useEffect(() => {
    if (list.current) keepFirstLaid(laidOut(list.current, items))
  })
  useEffect(sightDrawn, [])
  return (
    <div className="flex h-dvh overflow-hidden bg-canvas" role="status" aria-label={messages.shell.loading}>
      <SideSkeleton />
      <div aria-hidden {...SCROLLER} className="min-w-0 flex-1" onClickCapture={hold}>
        <div className={pageClass}>
          <ListHead title={messages.shell[kind]} lead={kind === 'today' ? sayLongDay(reader.day, reader.locale) : undefined} />
          <div className="relative -mx-2 px-2 pt-1 pb-2">
            <Search size={16} className="absolute top-1/2 left-4 -translate-y-1/2 text-faint" />
            <div className="h-8 w-full max-w-72 rounded-md bg-hover pointer-coarse:h-10" />
          </div>
          <div className="@container -mx-2 sm:mr-0 sm:-ml-7 lg:-ml-14">
            <div ref={list} className="group/list relative">
              {items.map((item) => (
                <Part key={item.key} {...{ item, read }} section={sections[item.section]!} />
              ))}
            </div>
          </div>
        </div>
      </div>
    </div>
  )
}

/** The list that follows is laid out by these. */
function laidOut(list: HTMLElement, items: readonly Item[]) {
  const tops = [...list.children].map((part) => part.getBoundingClientRect().top)
  tops.push(list.getBoundingClientRect().bottom)
  const heights = new Map(items.map(({ key }, at) => [key, Math.round(tops[at + 1]! - tops[at]!)]))
  return { top: offsetOf(list, scrollerOf(list)!), heights }
}

const NOTHING = () => undefined
const ON: RowHandlers = { open: NOTHING, toggle: NOTHING, pick: NOTHING, edit: NOTHING, remove: NOTHING, select: NOTHING, focus: NOTHING, meant: () => [], href: () => '' }

function Part({ item, section, read }: { item: Item; section: Section; read: FirstRead }) {
  const messages = useMessages()
  const reader = useReader()
  if (item.type !== 'task') {
    const count = `${section.tasks.length.toLocaleString(reader.locale)}${section.more ? '+' : ''}`
    return <Heading section={section} {...nameOfDay(section.day!, reader, messages)} count={count} fold={NOTHING} />
  }
  const { task } = item
  const given = { task, reader, under: section.day, parent: read.page.items.find(({ id }) => id === task.parent_id), on: ON }
  return <TaskRow {...given} {...namesOf(task, read)} active={false} opened={false} selected={false} editing={false} />
}

function namesOf(task: Task, { projects, labels }: FirstRead): { project: Project | null; labels: Label[] } {
  return { project: projects.find(({ id }) => id === task.project_id) ?? null, labels: task.label_ids.flatMap((label) => labels.find(({ id }) => id === label) ?? []) }
}

/** As much of the list as the screen has room for. */
function contents(view: View, { page, projects }: FirstRead, reader: { day: string; zone: string }): { sections: Section[]; items: Item[] } {
  const reads = [{ tasks: page.items, more: page.next_cursor !== null, state: 'read' as const }]
  const sections = sectionsOf(view, columnsOf(view, PLAIN, reader.day, projects), reads, reader, new Set())
  return { sections, items: itemsOf(sections, reads).slice(0, Math.ceil(innerHeight / SHORTEST)) }
}

/** What of a row can be clicked. */
const partsOf = (row: Element) => [...row.querySelectorAll<HTMLElement>('a, button')]
const nameOf = (part: Element) => part.getAttribute('aria-label') ?? part.textContent

let held: { id: string; name: string } | null = null

function hold(event: MouseEvent) {
  event.preventDefault()
  event.stopPropagation()
  const part = (event.target as Element).closest('a, button')
  const id = part?.closest<HTMLElement>('[data-task]')?.dataset.task
  if (part && id) held = { id, name: nameOf(part) }
}

const keys: KeyboardEventInit[] = []

/** What is a command or becomes text once the app listens; all else is the browser's. */
function holdKey(event: KeyboardEvent) {
  const { key, code, shiftKey, ctrlKey, metaKey } = event
  const mod = ctrlKey || metaKey
  if (event.altKey || event.isComposing || (mod ? key.toLowerCase() !== 'k' : key.length > 1 && key !== 'Backspace')) return
  event.preventDefault()
  keys.push({ key, code, shiftKey, ctrlKey, metaKey, bubbles: true, cancelable: true })
}

function useHeldKeys(): void {
  useEffect(() => {
    keys.length = 0
    addEventListener('keydown', holdKey, true)
    return () => removeEventListener('keydown', holdKey, true)
  }, [])
}

/** Does what was clicked and pressed before there was anything to do it. */
export async function doHeld(): Promise<void> {
  const row = held && document.querySelector(`[data-task="${held.id}"]`)
  if (row) partsOf(row).find((part) => nameOf(part) === held?.name)?.click()
  held = null
  for (const key of keys.splice(0)) {
    document.body.dispatchEvent(new KeyboardEvent('keydown', key))
    // The next key may mean what this one has drawn.
    await new Promise((drawn) => setTimeout(drawn))
  }
}
