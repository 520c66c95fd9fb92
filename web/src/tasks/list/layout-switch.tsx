import { LayoutList, SquareKanban } from 'lucide-react'
import { cx } from '@/ui/cx'
import { useMessages } from '@/ui/messages'
import { type Filters, isBoard } from '../views'

/** The same tasks as a list or as a board. */
export function LayoutSwitch({ filters, change }: { filters: Filters; change: (next: Partial<Filters>) => void }) {
  const { board: words } = useMessages()
  const board = isBoard(filters)
  const layouts = [
    { name: words.list, Icon: LayoutList, on: !board, take: () => change({ layout: '' }) },
    { name: words.board, Icon: SquareKanban, on: board, take: () => change({ layout: 'board' }) },
  ]
  return (
    <div role="group" aria-label={words.layout} className="ml-1 flex shrink-0 rounded-md bg-hover p-0.5">
      {layouts.map(({ name, Icon, on, take }) => (
        <button
          key={name}
          type="button"
          aria-label={name}
          title={name}
          aria-pressed={on}
          onClick={take}
          className={cx('flex h-7 w-8 pointer-coarse:h-9 pointer-coarse:w-10 items-center justify-center rounded-sm transition-colors duration-75', on ? 'bg-raised text-ink shadow-card' : 'text-faint hover:text-ink')}
        >
          <Icon size={16} aria-hidden />
        </button>
      ))}
    </div>
  )
}
