import { cx } from './cx'

export function Mark({ size = 24, className }: { size?: number; className?: string }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden className={className}>
      <rect width="32" height="32" rx="8" className="fill-accent-solid" />
      <path d="M9 16.5l4.6 4.6L23.2 11.4" fill="none" stroke="#fff" strokeWidth="3.2" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  )
}

export function Logo({ name, className }: { name: string; className?: string }) {
  return (
    <span className={cx('inline-flex items-center gap-2.5 text-base font-semibold tracking-tight text-ink', className)}>
      <Mark />
      {name}
    </span>
  )
}
