'use client'

import {
  ArrowDownUp, CalendarRange, ChartColumn, CircleHelp, Columns3, Inbox, Keyboard, Languages, LayoutList, ListFilter, LogOut, Monitor, Moon, Plus, Rows3, Search, Settings, SquareKanban, Sun, Tag, Tags, Trash2, Undo2, X,
} from 'lucide-react'
import { useRouter } from 'next/navigation'
import { api, body } from '@/api/client'
import { replaceUser, signOut } from '@/api/session'
import { setSingleKeys, singleKeysOn } from '@/ui/keyboard'
import { type Language, LANGUAGES, speak, useLanguage, useMessages } from '@/ui/messages'
import { applyTheme, readTheme, type Theme } from '@/ui/theme'
import { groupingChoices, groupingOf } from '../board/columns'
import { useFilterNames } from '../list/filter-names'
import { useFilterChoices } from '../list/menus'
import { Dot } from '../marks'
import { openOverlay } from '../overlays'
import { currentStarter } from '../shell/shown'
import { defaultSort, type FilterName, isBoard, isNarrowed, NARROWING, SORTS, toggled, UNFILTERED } from '../views'
import { useLabels, useProjects, useWorkspace } from '../workspace'
import type { Command } from './command'
import { currentSurroundings } from './surroundings'

/** Everywhere one can go. */
export function usePlaceCommands(): Command[] {
  const { shell, palette } = useMessages()
  const router = useRouter()
  const projects = useProjects()
  const labels = useLabels()
  const to = (href: string) => ({ id: `go:${href}`, group: palette.groups.go, run: () => router.push(href) })
  const place = (href: string, name: string, Icon: Command['Icon'], keys?: string[]): Command => ({ ...to(href), name, Icon, keys, words: palette.goTo(name) })
  return [
    place('/inbox', shell.inbox, Inbox, ['g', 'i']),
    place('/today', shell.today, Sun, ['g', 't']),
    place('/upcoming', shell.upcoming, CalendarRange, ['g', 'u']),
    place('/all', shell.all, LayoutList, ['g', 'a']),
    place('/dashboard', shell.dashboard, ChartColumn, ['g', 'd']),
    place('/projects', shell.projects, SquareKanban),
    place('/labels', shell.labels, Tags),
    place('/trash', shell.trash, Trash2),
    place('/settings', shell.settings, Settings),
    ...projects.map(({ id, name, color }) => ({ ...to(`/project/${id}`), name, words: palette.goTo(name), mark: <Dot color={color} square /> })),
    ...labels.map(({ id, name, color }) => ({ ...to(`/label/${id}`), name, words: palette.goTo(name), mark: <Dot color={color} /> })),
  ]
}

/** What begins something new. */
export function useMakeCommands(): Command[] {
  const { shell, projects, labels, palette } = useMessages()
  const group = palette.groups.make
  return [
    { id: 'add', name: shell.add, group, Icon: Plus, keys: ['q'], run: () => openOverlay({ type: 'add', starter: currentStarter() }) },
    { id: 'new-project', name: projects.new, group, Icon: SquareKanban, run: () => openOverlay({ type: 'named', what: 'projects', id: null }) },
    { id: 'new-label', name: labels.new, group, Icon: Tag, run: () => openOverlay({ type: 'named', what: 'labels', id: null }) },
  ]
}

/** How the list on the screen is shown, and what of it. */
export function useViewCommands(): Command[] {
  const { board, toolbar, views, palette } = useMessages()
  const around = currentSurroundings()
  const choices = useFilterChoices(around?.view ?? { kind: 'all' })
  const names = useFilterNames()
  if (!around) return []
  const { view, filters, change } = around
  const group = palette.groups.view
  const on = isBoard(filters)
  const sort = filters.sort || defaultSort(view, filters)
  const item = (id: string, name: string, chosen: boolean, run: () => void): Command => ({ id, name, group, chosen, run })
  const commands: (Command | false)[] = [
    on
      ? { id: 'layout:list', name: palette.asList, group, Icon: LayoutList, run: () => change({ layout: '' }) }
      : { id: 'layout:board', name: palette.asBoard, group, Icon: SquareKanban, run: () => change({ layout: 'board' }) },
    {
      id: 'group',
      name: on ? palette.groupBy : toolbar.groupBy,
      group,
      Icon: on ? Columns3 : Rows3,
      page: {
        title: on ? board.group : toolbar.group,
        commands: groupingChoices(view, filters).map(({ by, value }) => item(`group:${value}`, by ? board.groups[by] : toolbar.ungrouped, by === groupingOf(view, filters), () => change({ by: value }))),
      },
    },
    filters.q === '' && { id: 'sort', name: palette.sortBy, group, Icon: ArrowDownUp, page: { title: toolbar.sort, commands: SORTS.map((by) => item(`sort:${by}`, toolbar.sorts[by], by === sort, () => change({ sort: by }))) } },
    {
      id: 'filter',
      name: toolbar.addFilter,
      group,
      Icon: ListFilter,
      page: {
        title: toolbar.filter,
        commands: choices.map(({ value, name, mark, group: kind }) => {
          const [field, wanted] = value.split('=') as [FilterName, string]
          return { ...item(`filter:${value}`, `${kind}: ${name}`, filters[field].split(',').includes(wanted), () => change({ [field]: toggled(filters, field, wanted) })), mark }
        }),
      },
    },
    ...NARROWING.filter((name) => filters[name]).map((name) => {
      const said = `${toolbar[name]}: ${names(name, filters[name])}`
      return { id: `drop:${name}`, name: toolbar.removeFilter(said), group, Icon: X, run: () => change({ [name]: '' }) }
    }),
    isNarrowed(filters) && { id: 'clear', name: views.clearFilters, group, Icon: X, run: () => change(UNFILTERED) },
    { id: 'search', name: palette.searchHere, group, Icon: Search, keys: ['/'], run: focusSearch },
  ]
  return commands.filter((command) => command !== false)
}

function focusSearch(): void {
  // After the palette has given the focus back.
  setTimeout(() => document.querySelector<HTMLInputElement>('main input[type=search]')?.focus(), 60)
}

/** On the screen at once, and for the account from then on. */
async function choose(locale: Language): Promise<void> {
  await speak(locale)
  replaceUser(await body(api.PATCH('/api/auth/me', { body: { locale } })))
}

const THEME_ICONS = { system: Monitor, light: Sun, dark: Moon } as const

/** The app itself. */
export function useAppCommands(): Command[] {
  const { settings, shell, keys, palette } = useMessages()
  const { actions } = useWorkspace()
  const group = palette.groups.app
  const theme = readTheme()
  const single = singleKeysOn()
  const spoken = useLanguage()
  const commands: (Command | false)[] = [
    actions.canUndo && { id: 'undo', name: keys.undo, group, Icon: Undo2, keys: ['z'], run: () => void actions.undoLast() },
    {
      id: 'theme',
      name: palette.theme,
      group,
      Icon: Moon,
      page: {
        title: settings.theme,
        commands: (['system', 'light', 'dark'] as Theme[]).map((value) => ({ id: `theme:${value}`, name: settings.themes[value], group, Icon: THEME_ICONS[value], chosen: value === theme, run: () => applyTheme(value) })),
      },
    },
    {
      id: 'language',
      name: palette.language,
      group,
      Icon: Languages,
      page: {
        title: settings.language,
        commands: (Object.keys(LANGUAGES) as Language[]).map((value) => ({ id: `language:${value}`, name: LANGUAGES[value], group, chosen: value === spoken, run: () => void choose(value).catch(actions.sayFailed) })),
      },
    },
    { id: 'keys', name: shell.shortcuts, group, Icon: CircleHelp, keys: ['?'], run: () => openOverlay({ type: 'keys' }) },
    { id: 'single', name: single ? palette.keysOff : palette.keysOn, group, Icon: Keyboard, run: () => setSingleKeys(!single) },
    { id: 'sign-out', name: settings.signOut, group, Icon: LogOut, run: () => void signOut().catch(actions.sayFailed) },
  ]
  return commands.filter((command) => command !== false)
}
