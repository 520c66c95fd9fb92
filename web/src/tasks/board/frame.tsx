import { Plus } from 'lucide-react'
import type { ReactNode } from 'react'
import { IconButton } from '@/ui/button'
import { useMessages } from '@/ui/messages'
import { edgeClass } from '@/ui/page'

/** Where the head of a board stands, its columns, and one of them. */
export const boardClass = {
  head: edgeClass,
  columns: 'flex min-h-0 flex-1 gap-3 overflow-x-auto overflow-y-hidden overscroll-x-contain scroll-px-4 px-4 pb-3 sm:scroll-px-8 sm:px-8 md:pb-6',
  column: 'flex h-full w-[min(85vw,20rem)] shrink-0 snap-center flex-col rounded-lg bg-sunken sm:w-72 sm:snap-start lg:min-w-64 lg:flex-1 lg:max-w-96',
}
/** Between cards and above the first, in pixels. */
export const GAP = 8
export const ABOVE = 2

interface ColumnHeadProps {
  name: string
  mark: ReactNode
  count: string
  add: () => void
}

export function ColumnHead({ name, mark, count, add }: ColumnHeadProps) {
  const { board } = useMessages()
  return (
    <header className="flex h-11 shrink-0 items-center gap-2 pr-1.5 pl-3.5">
      {mark}
      <h2 className="truncate text-sm font-semibold">{name}</h2>
      <span className="text-sm text-faint tabular-nums">{count}</span>
      <IconButton label={board.addTo(name)} className="ml-auto" onClick={add}>
        <Plus size={17} aria-hidden />
      </IconButton>
    </header>
  )
}

export function NoCards() {
  const { board } = useMessages()
  return <p className="rounded-md border border-dashed border-line px-3 py-6 text-center text-sm text-faint">{board.nothing}</p>
}
