'use client'

import { Search } from 'lucide-react'
import { useEffect, useRef } from 'react'
import type { TaskPage } from '@/api/types'
import { cx } from '@/ui/cx'
import { useMessages } from '@/ui/messages'
import { Bars, pageClass } from '@/ui/page'
import { columnsOf } from '../board/columns'
import { sayLongDay } from '../dates'
import { Heading, nameOfDay } from '../list/heading'
import { ListHead } from '../list/head'
import { TaskRow } from '../list/row'
import { offsetOf, SCROLLER, scrollerOf } from '../list/scroller'
import { type Item, itemsOf, type Section, sectionsOf } from '../list/sections'
import { useReader } from '../reader'
import { type Kind, PLAIN, PLAIN_BOARD, searchOf, type View } from '../views'
import { BoardSight } from './board'
import { type FirstRead, keepFirstLaid, sightDrawn } from './read'
import { namesOf, NOTHING, ON, useFirstRead } from './sight'

const SHORTEST = 40
const isPlainBoard = () => location.search === searchOf(PLAIN_BOARD)

interface ListProps {
  kind: Kind
}

/** The beginning of a list or of its board as soon as that was read, before that grey bars below its name. */
export function ListBefore({ kind }: ListProps) {
  const read = useFirstRead()
  const { shell } = useMessages()
  if (!read) return <GreyList title={shell[kind]} />
  return isPlainBoard() ? <BoardSight head={<Head kind={kind} />} {...{ kind, read }} /> : <Sight {...{ kind, read }} />
}

/** A list of which nothing is known but, perhaps, what it is called. */
export function GreyList({ title }: { title?: string }) {
  return (
    <div className={pageClass.list}>
      {title ? <ListHead title={title} /> : <span className="breathe mt-1.5 mb-4.5 block h-5 w-32 rounded-full bg-line" />}
      <Bars />
    </div>
  )
}

/** What the head of a list looks like, with room where its tools will be. */
function Head({ kind }: ListProps) {
  const { shell } = useMessages()
  const { day, locale } = useReader()
  return (
    <>
      <ListHead title={shell[kind]} lead={kind === 'today' ? sayLongDay(day, locale) : undefined} />
      <div className="relative -mx-2 px-2 pt-1 pb-2">
        <Search size={16} className="absolute top-1/2 left-4 -translate-y-1/2 text-faint" />
        <div className="h-8 w-[calc(100%-12.1875rem)] max-w-72 rounded-md bg-hover pointer-coarse:h-10 pointer-coarse:w-[calc(100%-14rem)]" />
      </div>
    </>
  )
}

function Sight({ kind, read }: ListProps & { read: FirstRead }) {
  const reader = useReader()
  const list = useRef<HTMLDivElement>(null)
  const { sections, items } = contents({ kind }, read, reader)
  useEffect(() => {
    if (list.current) keepFirstLaid(laidOut(list.current, items))
  })
  useEffect(sightDrawn, [])
  return (
    // As the list's own, so that its scrollbar takes no more room than this one.
    <div {...SCROLLER} className="h-full overflow-y-auto">
      <div className={cx(pageClass.list, 'pb-28 md:pb-24')}>
        <Head kind={kind} />
        <div className="@container -mx-2 sm:mr-0 sm:-ml-7 lg:-ml-14">
          <div ref={list} className="group/list relative">
            {items.map((item) => (
              <Part key={item.key} {...{ item, read }} section={sections[item.section]!} />
            ))}
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

function Part({ item, section, read }: { item: Item; section: Section; read: FirstRead }) {
  const messages = useMessages()
  const reader = useReader()
  if (item.type !== 'task') {
    const count = `${section.tasks.length.toLocaleString(reader.locale)}${section.more ? '+' : ''}`
    return <Heading section={section} {...nameOfDay(section.day!, reader, messages)} count={count} fold={NOTHING} />
  }
  const { task } = item
  const given = { task, reader, under: section.day, parent: pageOf(read).items.find(({ id }) => id === task.parent_id), on: ON }
  return <TaskRow {...given} {...namesOf(task, read)} active={false} opened={false} selected={false} editing={false} />
}

function pageOf({ answers }: FirstRead): TaskPage {
  return answers[0]!.data as TaskPage
}

/** As much of the list as the screen has room for. */
function contents(view: View, read: FirstRead, reader: { day: string; zone: string }): { sections: Section[]; items: Item[] } {
  const page = pageOf(read)
  const reads = [{ tasks: page.items, more: page.next_cursor !== null, state: 'read' as const }]
  const sections = sectionsOf(view, columnsOf(view, PLAIN, reader.day, read.projects), reads, reader, new Set())
  return { sections, items: itemsOf(sections, reads).slice(0, Math.ceil(innerHeight / SHORTEST)) }
}
