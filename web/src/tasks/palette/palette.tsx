'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Check, ChevronLeft, ChevronRight, FileText, Plus, Search } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useEffect, useId, useMemo, useRef, useState } from 'react'
import { api, body } from '@/api/client'
import type { Task } from '@/api/types'
import { cx } from '@/ui/cx'
import { useMessages } from '@/ui/messages'
import { Modal } from '@/ui/popup'
import { isOpen } from '../lists'
import { closeOverlay, openOverlay } from '../overlays'
import { openTask } from '../panel/address'
import { keys } from '../queries'
import { currentStarter } from '../shell/shown'
import { currentSubject } from '../subject'
import { type Command, flat, type Page, search } from './command'
import { useAppCommands, useMakeCommands, usePlaceCommands, useViewCommands } from './commands'
import { useNamedCommands } from './named-commands'
import { recentIds, remember } from './recent'
import { currentOffered } from './surroundings'
import { useTaskCommands } from './task-commands'

const PAUSE = 120
const RECENT = 4
const FOUND = 8

/** Everything there is to do and everywhere there is to go, by typing. */
export function Palette() {
  const { palette: words } = useMessages()
  const id = useId()
  const field = useRef<HTMLInputElement>(null)
  const list = useRef<HTMLDivElement>(null)
  const [typed, setTyped] = useState('')
  const [page, setPage] = useState<Page | null>(null)
  const [at, setAt] = useState(0)
  const sections = useSections(typed.trim(), page)
  const commands = sections.flatMap((section) => section.commands)
  const current = Math.min(at, commands.length - 1)
  useEffect(() => {
    list.current?.querySelector('[data-current]')?.scrollIntoView({ block: 'nearest' })
  }, [current])

  const turnTo = (next: Page | null) => {
    setPage(next)
    setTyped('')
    setAt(0)
    field.current?.focus()
  }
  const take = (command: Command | undefined) => {
    if (!command) return
    if (command.page) return turnTo(command.page)
    remember(command.id)
    closeOverlay()
    // Once the focus is back where it was: what runs may take it elsewhere.
    setTimeout(() => command.run?.(), 0)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    const count = Math.max(commands.length, 1)
    if (event.key === 'ArrowDown' || (event.ctrlKey && event.key === 'n')) setAt((current + 1) % count)
    else if (event.key === 'ArrowUp' || (event.ctrlKey && event.key === 'p')) setAt((current - 1 + count) % count)
    else if (event.key === 'Enter') take(commands[current])
    else if (event.key === 'Backspace' && typed === '' && page) turnTo(null)
    else if (event.key === 'Escape' && page) {
      event.stopPropagation()
      turnTo(null)
    } else if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') closeOverlay()
    else return
    event.preventDefault()
  }
  const starts = sections.map((_, index) => sections.slice(0, index).reduce((count, section) => count + section.commands.length, 0))
  return (
    <Modal title={words.title} hideTitle close={closeOverlay} initialFocus={field} width="max-w-xl overflow-hidden">
      <div className="flex h-13 items-center gap-2 border-b border-line px-4">
        {page ? (
          <button type="button" aria-label={words.back} onClick={() => turnTo(null)} className="-ml-1.5 flex h-8 pointer-coarse:h-10 shrink-0 items-center gap-1 rounded-md bg-hover pr-2.5 pl-1 text-sm text-soft hover:text-ink">
            <ChevronLeft size={16} aria-hidden />
            {page.title}
          </button>
        ) : (
          <Search size={17} aria-hidden className="shrink-0 text-faint" />
        )}
        <input
          ref={field}
          role="combobox"
          aria-label={page ? page.title : words.label}
          aria-expanded
          aria-controls={`${id}-list`}
          aria-activedescendant={commands.length > 0 ? `${id}-${current}` : undefined}
          aria-autocomplete="list"
          autoComplete="off"
          spellCheck={false}
          placeholder={page ? words.narrow : words.placeholder}
          value={typed}
          maxLength={200}
          onChange={(event) => {
            setTyped(event.target.value)
            setAt(0)
          }}
          onKeyDown={onKeyDown}
          className="h-full min-w-0 flex-1 bg-transparent text-base outline-none"
        />
      </div>
      <div ref={list} id={`${id}-list`} role="listbox" aria-label={words.title} className="max-h-[min(26rem,55dvh)] overflow-y-auto overscroll-contain p-1.5">
        {sections.map((section, number) => (
          <Section key={section.name} name={section.name}>
            {section.commands.map((command, place) => {
              const own = starts[number]! + place
              return <Option key={command.id} id={`${id}-${own}`} command={command} current={own === current} hover={() => setAt(own)} take={() => take(command)} />
            })}
          </Section>
        ))}
      </div>
      <p role="status" className={commands.length === 0 ? 'px-4 pb-5 text-sm text-faint' : 'sr-only'}>
        {commands.length === 0 ? words.nothing : words.found(commands.length)}
      </p>
      <p aria-hidden className="flex items-center gap-4 border-t border-line px-4 py-2 text-xs text-faint max-sm:hidden">
        {words.hints.map((hint) => (
          <span key={hint}>{hint}</span>
        ))}
      </p>
    </Modal>
  )
}

interface Listed {
  name: string
  commands: readonly Command[]
}

function useSections(typed: string, page: Page | null): Listed[] {
  const { palette: words } = useMessages()
  const [subject] = useState(currentSubject)
  const [offered] = useState(currentOffered)
  const [recent] = useState(recentIds)
  const onTasks = useTaskCommands(subject)
  const places = usePlaceCommands()
  const view = useViewCommands()
  const make = useMakeCommands()
  const named = useNamedCommands()
  const app = useAppCommands()
  const found = useFound(page ? '' : typed)
  if (page) {
    const meant = typed ? (page.typed?.(typed) ?? null) : null
    const fitting = typed ? search(page.commands, typed, []) : page.commands
    return [{ name: '', commands: meant ? [...fitting, meant] : fitting }]
  }
  const all = [...onTasks, ...offered, ...make, ...view, ...named, ...places, ...app]
  if (typed) {
    const capture: Command = { id: 'add-typed', name: words.addTyped(typed), group: '', Icon: Plus, run: () => openOverlay({ type: 'add', starter: currentStarter(), text: typed }) }
    const sections = [
      { name: words.groups.commands, commands: search(flat(all), typed, recent) },
      { name: words.groups.tasks, commands: found },
      { name: words.groups.make, commands: [capture] },
    ]
    return sections.filter((section) => section.commands.length > 0)
  }
  const lately = recent.flatMap((id) => all.find((command) => command.id === id && !onTasks.includes(command)) ?? []).slice(0, RECENT)
  const sections: Listed[] = lately.length > 0 ? [{ name: words.groups.recent, commands: lately }] : []
  for (const command of all) {
    if (lately.includes(command)) continue
    const section = sections.find(({ name }) => name === command.group)
    if (section) section.commands = [...section.commands, command]
    else sections.push({ name: command.group, commands: [command] })
  }
  // The tasks one was at come first: that is what one opened it for.
  return sections.sort((one, other) => Number(other.commands[0]?.group === onTasks[0]?.group) - Number(one.commands[0]?.group === onTasks[0]?.group))
}

/** Tasks with these words, as the server finds them. */
function useFound(typed: string): Command[] {
  const { palette: words, status } = useMessages()
  const [asked, setAsked] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setAsked(typed), PAUSE)
    return () => clearTimeout(timer)
  }, [typed])
  const { data } = useQuery({
    queryKey: keys.found(asked),
    queryFn: ({ signal }) => find(asked, signal),
    enabled: asked !== '',
    placeholderData: keepPreviousData,
    staleTime: 5_000,
    gcTime: 30_000,
  })
  return useMemo(() => {
    if (!typed) return []
    const hint = (task: Task) => (isOpen(task) ? undefined : status[task.status])
    return (data ?? []).map((task) => ({ id: `task:${task.id}`, name: task.title, group: words.groups.tasks, Icon: FileText, hint: hint(task), run: () => openTask(task.id) }))
  }, [data, typed, words, status])
}

/** What is open comes before what is over. */
async function find(q: string, signal: AbortSignal): Promise<Task[]> {
  const read = (status?: string) => body(api.GET('/api/tasks', { params: { query: { q, status, limit: FOUND } }, signal }))
  const [open, all] = await Promise.all([read('open'), read()])
  const seen = new Set(open.items.map(({ id }) => id))
  return [...open.items, ...all.items.filter(({ id }) => !seen.has(id))].slice(0, FOUND)
}

function Section({ name, children }: { name: string; children: ReactNode }) {
  if (!name) return children
  return (
    <div role="group" aria-label={name} className="mb-1.5">
      <p aria-hidden className="truncate px-2.5 pt-2 pb-1 text-xs font-medium text-faint">
        {name}
      </p>
      {children}
    </div>
  )
}

function Option({ id, command, current, hover, take }: { id: string; command: Command; current: boolean; hover: () => void; take: () => void }) {
  const { Icon, mark, name, hint, keys, chosen, page } = command
  return (
    <div
      id={id}
      role="option"
      aria-selected={current}
      data-current={current || undefined}
      onPointerMove={hover}
      onPointerDown={(event) => event.preventDefault()}
      onClick={take}
      className={cx('flex min-h-10 cursor-pointer items-center gap-3 rounded-md px-2.5 py-1.5 text-sm', current && 'bg-selected')}
    >
      {Icon ? <Icon size={16} strokeWidth={1.75} aria-hidden className="shrink-0 text-faint" /> : <span className="flex w-4 shrink-0 justify-center">{mark}</span>}
      <span className="min-w-0 flex-1 truncate">{name}</span>
      {hint && <span className="shrink-0 text-xs text-faint">{hint}</span>}
      {chosen && <Check size={15} aria-hidden className="shrink-0 text-accent" />}
      {keys && (
        <span aria-hidden className="flex shrink-0 gap-1 pointer-coarse:hidden">
          {keys.map((key) => (
            <kbd key={key} className="min-w-5 rounded-sm border border-line px-1 text-center font-sans text-xs text-faint">
              {key}
            </kbd>
          ))}
        </span>
      )}
      {page && <ChevronRight size={15} aria-hidden className="-mr-1 shrink-0 text-faint" />}
    </div>
  )
}
