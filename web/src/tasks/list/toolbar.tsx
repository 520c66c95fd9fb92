'use client'

import { ArrowDownUp, Columns3, ListFilter, Rows3, Search, X } from 'lucide-react'
import { type RefObject, useEffect, useRef, useState } from 'react'
import { Button } from '@/ui/button'
import { cx } from '@/ui/cx'
import { useKeys } from '@/ui/keyboard'
import { later, openLater } from '@/ui/later'
import { useMessages } from '@/ui/messages'
import { groupingOf } from '../board/columns'
import { defaultSort, type Filters, isBoard, NARROWING, type Sort, UNFILTERED, type View } from '../views'
import { useFilterNames } from './filter-names'
import { LayoutSwitch } from './layout-switch'

const FilterMenu = later(() => import('./menus').then((file) => file.FilterMenu))
const GroupMenu = later(() => import('./menus').then((file) => file.GroupMenu))
const SortMenu = later(() => import('./menus').then((file) => file.SortMenu))

const MENUS = { filter: FilterMenu, group: GroupMenu, sort: SortMenu }
type Menu = keyof typeof MENUS

interface ToolbarProps {
  title: string
  view: View
  filters: Filters
  change: (next: Partial<Filters>) => void
}

/** Search as you type, filters as chips, and the order. */
export function Toolbar({ title, view, filters, change }: ToolbarProps) {
  const { toolbar: words, board } = useMessages()
  const [menu, setMenu] = useState<{ kind: Menu; anchor: HTMLElement } | null>(null)
  const sort = (filters.sort || defaultSort(view, filters)) as Sort
  const grouping = groupingOf(view, filters)
  const grouped = grouping && (isBoard(filters) ? board.groupBy : words.groupedBy)(board.groups[grouping])
  const close = () => setMenu(null)
  const open = (kind: Menu) => ({ currentTarget: anchor }: { currentTarget: HTMLElement }) => openLater(MENUS[kind], () => setMenu({ kind, anchor }))
  return (
    <div role="search" className="sticky top-0 z-10 -mx-2 bg-canvas/95 px-2 pt-1 pb-2 backdrop-blur-sm">
      <div className="flex items-center gap-1">
        <SearchField title={title} value={filters.q} change={(q) => change({ q })} />
        <Button look="ghost" size="sm" aria-haspopup="dialog" aria-expanded={menu?.kind === 'filter'} aria-label={words.filter} onClick={open('filter')}>
          <ListFilter size={16} aria-hidden />
          <span className="max-sm:hidden md:max-lg:hidden">{words.filter}</span>
        </Button>
        <Button
          look="ghost"
          size="sm"
          aria-haspopup="dialog"
          aria-expanded={menu?.kind === 'sort'}
          aria-label={words.sortBy(words.sorts[sort])}
          title={filters.q ? words.bestMatch : undefined}
          disabled={filters.q !== ''}
          onClick={open('sort')}
        >
          <ArrowDownUp size={15} aria-hidden />
          <span className="max-sm:hidden md:max-lg:hidden">{words.sorts[sort]}</span>
        </Button>
        <Button look="ghost" size="sm" aria-haspopup="dialog" aria-expanded={menu?.kind === 'group'} aria-label={grouped ?? words.group} onClick={open('group')}>
          {isBoard(filters) ? <Columns3 size={16} aria-hidden /> : <Rows3 size={16} aria-hidden />}
          <span className="max-sm:hidden md:max-lg:hidden">{grouping ? board.groups[grouping] : words.group}</span>
        </Button>
        <LayoutSwitch filters={filters} change={change} />
      </div>
      <Chips view={view} filters={filters} change={change} />
      {menu?.kind === 'filter' && <FilterMenu {...{ view, filters, change, close, anchor: menu.anchor }} />}
      {menu?.kind === 'group' && <GroupMenu {...{ view, filters, change, close, anchor: menu.anchor }} />}
      {menu?.kind === 'sort' && <SortMenu {...{ sort, change, close, anchor: menu.anchor }} />}
    </div>
  )
}

const PAUSE = 140

function SearchField({ title, value, change }: { title: string; value: string; change: (q: string) => void }) {
  const { toolbar: words } = useMessages()
  const field = useRef<HTMLInputElement>(null)
  const [typed, setTyped] = useTyped(value, change, field)
  useKeys((key) => {
    if (key !== '/') return false
    field.current?.focus()
    return true
  })
  return (
    <div className="relative mr-auto w-full max-w-72 min-w-0">
      <Search size={16} aria-hidden className="pointer-events-none absolute top-1/2 left-2 -translate-y-1/2 text-faint" />
      <input
        ref={field}
        type="search"
        aria-label={words.searchIn(title)}
        placeholder={words.search}
        value={typed}
        maxLength={200}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          if (typed) setTyped('')
          else field.current?.blur()
        }}
        className={cx('h-8 w-full rounded-md border border-transparent bg-hover pl-8 pointer-coarse:h-10 text-sm text-ink transition-colors duration-100 placeholder:text-faint hover:border-line focus:border-accent focus:bg-raised focus:outline-none [&::-webkit-search-cancel-button]:hidden', typed ? 'pr-8 pointer-coarse:pr-10' : 'pr-2')}
      />
      {typed && (
        <button
          type="button"
          aria-label={words.clearSearch}
          onClick={() => {
            setTyped('')
            field.current?.focus()
          }}
          className="absolute top-1 right-1 flex size-6 items-center justify-center rounded-sm text-faint pointer-coarse:top-0 pointer-coarse:right-0 pointer-coarse:size-10 hover:bg-line hover:text-ink"
        >
          <X size={14} aria-hidden />
        </button>
      )}
    </div>
  )
}

/** What is typed shows at once and is searched for after a short pause; what the URL says otherwise wins. */
function useTyped(value: string, change: (q: string) => void, field: RefObject<HTMLInputElement | null>): [string, (text: string) => void] {
  const [typed, setTyped] = useState(value)
  const [last, setLast] = useState(value)
  if (value !== last) {
    setLast(value)
    if (typeof document !== 'undefined' && document.activeElement !== field.current) setTyped(value)
  }
  useEffect(() => {
    if (typed === value) return
    const timer = setTimeout(() => change(typed), PAUSE)
    return () => clearTimeout(timer)
  })
  return [typed, setTyped]
}

function Chips({ view, filters, change }: Pick<ToolbarProps, 'view' | 'filters' | 'change'>) {
  const { toolbar: words, views } = useMessages()
  const names = useFilterNames()
  const shown = NARROWING.filter((name) => filters[name])
  if (shown.length === 0) return null
  return (
    <ul aria-label={words.filter} className="mt-2 flex flex-wrap items-center gap-1.5" data-view={view.kind}>
      {shown.map((name) => (
        <li key={name} className="flex h-7 items-center rounded-full bg-selected pl-3 pointer-coarse:h-10 text-sm text-ink">
          <span className="text-soft">{words[name]}:&nbsp;</span>
          {names(name, filters[name])}
          <button
            type="button"
            aria-label={words.removeFilter(`${words[name]}: ${names(name, filters[name])}`)}
            onClick={() => change({ [name]: '' })}
            className="ml-1 flex size-7 items-center justify-center rounded-full text-soft hover:text-ink pointer-coarse:size-10"
          >
            <X size={13} aria-hidden />
          </button>
        </li>
      ))}
      <li>
        <button
          type="button"
          onClick={() => change({ ...UNFILTERED, q: filters.q })}
          className="h-7 rounded-full px-2 pointer-coarse:h-10 text-sm text-soft underline-offset-4 hover:text-ink hover:underline"
        >
          {views.clearFilters}
        </button>
      </li>
    </ul>
  )
}
