import { Circle, CircleCheck, CircleDot, CircleSlash } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Priority, Status } from '@/api/types'
import { cx } from '@/ui/cx'

export const STATUS_MARKS: Record<Status, ReactNode> = {
  todo: <Circle size={16} aria-hidden className="text-faint" />,
  in_progress: <CircleDot size={16} aria-hidden className="text-accent" />,
  done: <CircleCheck size={16} aria-hidden className="text-good" />,
  cancelled: <CircleSlash size={16} aria-hidden className="text-faint" />,
}

/** Signal bars, and a filled square for what is urgent: told apart by shape, not by colour alone. */
export function PriorityMark({ priority, className }: { priority: Priority; className?: string }) {
  if (priority === 'urgent')
    return (
      <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden className={cx('text-danger', className)}>
        <rect x="1.5" y="1.5" width="13" height="13" rx="3" fill="currentColor" />
        <path d="M8 4.2v4.6" stroke="var(--color-canvas)" strokeWidth="1.8" strokeLinecap="round" />
        <circle cx="8" cy="11.4" r="1.1" fill="var(--color-canvas)" />
      </svg>
    )
  if (priority === 'none')
    return (
      <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden className={cx('text-faint', className)}>
        <path d="M3 8h2M7 8h2M11 8h2" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" />
      </svg>
    )
  const bars = { low: 1, medium: 2, high: 3 }[priority]
  return (
    <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden className={cx(priority === 'high' ? 'text-warn' : 'text-soft', className)}>
      {[0, 1, 2].map((bar) => (
        <rect key={bar} x={2 + bar * 4.5} y={9 - bar * 3} width="3" height={5 + bar * 3} rx="1" fill="currentColor" opacity={bar < bars ? 1 : 0.28} />
      ))}
    </svg>
  )
}

/** A label's colour, or, square, a project's. Its name always stands beside it. */
export function Dot({ color, square, size = 'size-2.5' }: { color: string | null; square?: boolean; size?: string }) {
  return <span aria-hidden className={cx('inline-block shrink-0', size, square ? 'rounded-[28%]' : 'rounded-full', !color && 'bg-edge')} style={color ? { backgroundColor: color } : undefined} />
}

export const COLORS = ['#d6493c', '#e07a2c', '#c99a1d', '#5c9e3a', '#2a9d85', '#2f8fc4', '#4468d8', '#7a5bd0', '#b452b0', '#8a8378'] as const

/** The colour of what is made as the next one after so many. */
export const colorAt = (count: number): string => COLORS[(count * 3 + 6) % COLORS.length]!
