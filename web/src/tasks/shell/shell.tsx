'use client'

import { CalendarDays, CalendarRange, ChartColumn, CircleHelp, Inbox, LayoutList, type LucideIcon, Menu, Plus, Search, Settings, Sun, Tags, Trash2 } from 'lucide-react'
import { usePathname, useRouter } from 'next/navigation'
import { type ReactNode, useRef } from 'react'
import { useQuery } from '@tanstack/react-query'
import { useUser } from '@/api/session'
import type { Project, Task, TaskPatch } from '@/api/types'
import { Avatar } from '@/ui/avatar'
import { cx } from '@/ui/cx'
import { useKeys, useModKey } from '@/ui/keyboard'
import { Logo } from '@/ui/logo'
import { useIsWide } from '@/ui/media'
import { useMessages } from '@/ui/messages'
import { NavLink } from '@/ui/nav-link'
import type { TaskActions } from '../actions'
import { onDay } from '../dates'
import { Dot } from '../marks'
import { openOverlay } from '../overlays'
import { statsOptions } from '../queries'
import { useReader } from '../reader'
import { useProjects, useWorkspace } from '../workspace'
import { useDropOn } from './drop-on'
import { currentStarter, useShownPath } from './shown'

/** The frame around every view: the way around, and quick add within reach. */
export function Shell({ children, inert }: { children: ReactNode; inert?: boolean }) {
  const { shell } = useMessages()
  const wide = useIsWide()
  useShellKeys()
  return (
    <div className="flex h-full bg-canvas" inert={inert}>
      <a href="#main" className="fixed top-2 left-2 z-50 -translate-y-16 rounded-md bg-raised px-3 py-2 text-sm focus:translate-y-0 focus:shadow-pop">
        {shell.skip}
      </a>
      {wide && <Sidebar />}
      <div className="flex min-w-0 flex-1 flex-col">
        <main id="main" tabIndex={-1} className="min-h-0 flex-1 outline-none">
          {children}
        </main>
        {!wide && <BottomBar />}
      </div>
    </div>
  )
}

const GO: Record<string, string> = { i: '/inbox', t: '/today', u: '/upcoming', a: '/all', d: '/dashboard' }

function useShellKeys() {
  const router = useRouter()
  const { actions } = useWorkspace()
  const going = useRef(0)
  useKeys((key, event) => {
    const then = Date.now() - going.current < 1_200
    going.current = 0
    if (then && GO[key]) router.push(GO[key])
    else if (key === 'g') going.current = Date.now()
    else if (key === 'q') openOverlay({ type: 'add', starter: currentStarter() })
    else if (key === '?') openOverlay({ type: 'keys' })
    else if (key === 'z' || (key === 'mod+z' && !event.shiftKey)) return actions.undoLast()
    else return false
    return true
  })
}

interface Place {
  href: string
  name: string
  Icon: LucideIcon
  count?: number
  late?: boolean
  /** What becomes of tasks that are dropped on it. */
  take?: (tasks: readonly Task[]) => void
}

function usePlaces(): Record<'inbox' | 'today' | 'upcoming' | 'all' | 'dashboard' | 'labels' | 'trash' | 'settings', Place> {
  const { shell } = useMessages()
  const { data } = useQuery(statsOptions)
  const { actions } = useWorkspace()
  const { day, zone } = useReader()
  const toInbox = (tasks: readonly Task[]) => moveTo(actions, tasks, shell.inbox, () => ({ project_id: null }), 'last')
  const toToday = (tasks: readonly Task[]) => moveTo(actions, tasks, shell.today, ({ due }) => ({ due: onDay(due, day, zone) }))
  return {
    inbox: { href: '/inbox', name: shell.inbox, Icon: Inbox, count: data?.inbox, take: toInbox },
    today: { href: '/today', name: shell.today, Icon: Sun, count: data && data.today + data.overdue, late: Boolean(data?.overdue), take: toToday },
    upcoming: { href: '/upcoming', name: shell.upcoming, Icon: CalendarRange },
    all: { href: '/all', name: shell.all, Icon: LayoutList },
    dashboard: { href: '/dashboard', name: shell.dashboard, Icon: ChartColumn },
    labels: { href: '/labels', name: shell.labels, Icon: Tags },
    trash: { href: '/trash', name: shell.trash, Icon: Trash2, take: (tasks) => actions.remove(tasks) },
    settings: { href: '/settings', name: shell.settings, Icon: Settings },
  }
}

/** Those that are there already stay as they are. */
function moveTo(actions: TaskActions, tasks: readonly Task[], name: string, change: (task: Task) => TaskPatch, place?: 'last'): void {
  const moved = tasks.filter((task) => Object.entries(change(task)).some(([field, value]) => JSON.stringify(task[field as keyof Task]) !== JSON.stringify(value)))
  actions.move(moved, change, place, name)
}

/** Where one is; below an opened task, the list under it. */
function useHere(): string {
  const path = usePathname()
  const shown = useShownPath()
  return path.startsWith('/task/') ? shown : path
}

function Sidebar() {
  const { product, shell } = useMessages()
  const places = usePlaces()
  const projects = useProjects()
  const here = useHere()
  const mod = useModKey()
  return (
    <nav aria-label={shell.navigation} className="flex w-60 shrink-0 flex-col gap-5 overflow-y-auto border-r border-line bg-sunken px-3 pt-4 pb-3">
      <div className="flex items-center justify-between gap-2">
        <NavLink href="/today" className="flex rounded-md px-2 py-1">
          <Logo name={product} />
        </NavLink>
        <Me />
      </div>
      <div className="flex flex-col gap-px">
        <button
          type="button"
          onClick={() => openOverlay({ type: 'add', starter: currentStarter() })}
          className="mb-1 flex h-9 items-center gap-2.5 rounded-md px-2 text-sm font-semibold text-accent hover:bg-hover"
        >
          <span className="flex size-[1.125rem] items-center justify-center rounded-full bg-accent-solid text-on-accent">
            <Plus size={13} strokeWidth={3} aria-hidden />
          </span>
          {shell.add}
          <kbd className="ml-auto rounded-sm border border-line px-1.5 font-sans text-xs font-normal text-faint">q</kbd>
        </button>
        <button type="button" onClick={() => openOverlay({ type: 'palette' })} className={sideClass}>
          <Search size={18} strokeWidth={1.75} aria-hidden className="text-faint" />
          {shell.find}
          <kbd className="ml-auto rounded-sm border border-line px-1.5 font-sans text-xs text-faint">{mod} K</kbd>
        </button>
        {[places.inbox, places.today, places.upcoming, places.all, places.dashboard].map((place) => (
          <SideLink key={place.href} {...place} here={here} />
        ))}
      </div>
      <div className="flex flex-col gap-px">
        <div className="flex items-center justify-between pr-1">
          <NavLink href="/projects" aria-current={here === '/projects' ? 'page' : undefined} className="rounded-md px-2 py-1 text-sm font-medium text-faint hover:text-ink aria-[current=page]:text-ink">
            {shell.projects}
          </NavLink>
          <button
            type="button"
            aria-label={shell.newProject}
            title={shell.newProject}
            onClick={() => openOverlay({ type: 'named', what: 'projects', id: null })}
            className="flex size-7 items-center justify-center rounded-md text-faint hover:bg-hover hover:text-ink"
          >
            <Plus size={15} aria-hidden />
          </button>
        </div>
        {projects.map((project) => (
          <ProjectLink key={project.id} project={project} here={here} />
        ))}
      </div>
      <div className="mt-auto flex flex-col gap-px">
        {[places.labels, places.trash, places.settings].map((place) => (
          <SideLink key={place.href} {...place} here={here} />
        ))}
        <button type="button" onClick={() => openOverlay({ type: 'keys' })} className={sideClass}>
          <CircleHelp size={18} strokeWidth={1.75} aria-hidden className="text-faint" />
          {shell.shortcuts}
          <kbd className="ml-auto rounded-sm border border-line px-1.5 font-sans text-xs text-faint">?</kbd>
        </button>
      </div>
    </nav>
  )
}

/** Who is signed in. */
function Me() {
  const { shell } = useMessages()
  const { name, avatar_url } = useUser()
  return (
    <NavLink href="/settings" aria-label={`${shell.account}: ${name}`} title={name} className="flex rounded-full pointer-coarse:-m-[0.3125rem] pointer-coarse:p-[0.3125rem]">
      <Avatar name={name} url={avatar_url} size={30} />
    </NavLink>
  )
}

const sideClass =
  'flex h-8 items-center gap-2.5 rounded-md px-2 text-sm text-soft transition-colors duration-75 hover:bg-hover hover:text-ink aria-[current=page]:bg-selected aria-[current=page]:font-medium aria-[current=page]:text-ink'
const overClass = 'bg-selected text-ink outline-2 -outline-offset-2 outline-accent'

function ProjectLink({ project: { id, name, color }, here }: { project: Project; here: string }) {
  const { actions } = useWorkspace()
  const link = useRef<HTMLAnchorElement>(null)
  const over = useDropOn(link, (tasks) => moveTo(actions, tasks, name, () => ({ project_id: id }), 'last'))
  return (
    <NavLink ref={link} draggable={false} href={`/project/${id}`} aria-current={here === `/project/${id}` ? 'page' : undefined} className={cx(sideClass, over && overClass)}>
      <span className="flex w-[1.125rem] justify-center">
        <Dot color={color} square />
      </span>
      <span className="truncate">{name}</span>
    </NavLink>
  )
}

function SideLink({ href, name, Icon, count, late, take, here }: Place & { here: string }) {
  const { shell } = useMessages()
  const link = useRef<HTMLAnchorElement>(null)
  const over = useDropOn(link, take)
  return (
    <NavLink ref={link} draggable={false} href={href} aria-current={here === href ? 'page' : undefined} className={cx(sideClass, 'group', over && overClass)}>
      <Icon size={18} strokeWidth={1.75} aria-hidden className="text-faint group-aria-[current=page]:text-accent" />
      {name}
      {count !== undefined && count > 0 && (
        <span className={cx('ml-auto text-xs tabular-nums', late ? 'font-medium text-danger' : 'text-faint')}>
          {count.toLocaleString()}
          <span className="sr-only"> {shell.openTasks}</span>
        </span>
      )}
    </NavLink>
  )
}

function BottomBar() {
  const { shell } = useMessages()
  const places = usePlaces()
  const here = useHere()
  const item = 'flex h-14 flex-1 flex-col items-center justify-center gap-0.5 text-xs text-soft [&[aria-current]]:font-medium [&[aria-current]]:text-accent'
  const direct = [places.inbox, places.today, places.upcoming].some(({ href }) => href === here)
  const link = ({ href, name, Icon }: Place, within = false) => (
    <NavLink key={href} href={href} aria-current={here === href ? 'page' : within || undefined} className={item}>
      <Icon size={21} strokeWidth={1.75} aria-hidden />
      {name}
    </NavLink>
  )
  return (
    <nav aria-label={shell.navigation} className="flex shrink-0 border-t border-line bg-sunken pb-[env(safe-area-inset-bottom)]">
      {link(places.inbox)}
      {link(places.today)}
      <button type="button" aria-label={shell.add} onClick={() => openOverlay({ type: 'add', starter: currentStarter() })} className={item}>
        <span className="flex size-10 items-center justify-center rounded-full bg-accent-solid text-on-accent">
          <Plus size={22} aria-hidden />
        </span>
      </button>
      {link({ ...places.upcoming, Icon: CalendarDays })}
      {link({ href: '/browse', name: shell.more, Icon: Menu }, !direct)}
    </nav>
  )
}

/** What does not fit into a phone's bottom bar. */
export function Browse() {
  const { shell } = useMessages()
  const { all, dashboard, labels, trash, settings } = usePlaces()
  const projects = useProjects()
  const line = 'flex h-12 items-center gap-3 rounded-md px-2 text-base text-ink hover:bg-hover'
  return (
    <div className="h-full overflow-y-auto px-4 pt-6 pb-10 sm:px-8">
      <div className="mb-3 flex items-center justify-between px-2">
        <h1 className="text-xl font-semibold tracking-tight">{shell.more}</h1>
        <Me />
      </div>
      <button type="button" onClick={() => openOverlay({ type: 'palette' })} className={cx(line, 'w-full')}>
        <Search size={20} strokeWidth={1.75} aria-hidden className="text-faint" />
        {shell.find}
      </button>
      {[all, dashboard, labels, trash, settings].map(({ href, name, Icon }) => (
        <NavLink key={href} href={href} className={line}>
          <Icon size={20} strokeWidth={1.75} aria-hidden className="text-faint" />
          {name}
        </NavLink>
      ))}
      <h2 className="mt-6 mb-1 flex items-center justify-between px-2 text-sm font-semibold text-faint">
        {shell.projects}
        <NavLink href="/projects" className="flex h-10 items-center font-medium text-accent">
          {shell.manage}
        </NavLink>
      </h2>
      {projects.map(({ id, name, color }) => (
        <NavLink key={id} href={`/project/${id}`} className={line}>
          <span className="flex w-5 justify-center">
            <Dot color={color} square />
          </span>
          <span className="truncate">{name}</span>
        </NavLink>
      ))}
    </div>
  )
}
