import type { ComponentProps } from 'react'
import { cx } from './cx'

type Look = 'primary' | 'plain' | 'ghost' | 'danger'
type Size = 'sm' | 'md' | 'lg'

const LOOKS: Record<Look, string> = {
  primary: 'bg-accent-solid text-on-accent hover:bg-accent-press',
  plain: 'border border-line bg-raised text-ink hover:bg-hover',
  ghost: 'text-soft hover:bg-hover hover:text-ink',
  danger: 'border border-line bg-raised text-danger hover:bg-danger-soft',
}
const SIZES: Record<Size, string> = {
  sm: 'h-8 px-2.5 text-sm gap-1.5 pointer-coarse:h-10 pointer-coarse:min-w-10',
  md: 'h-9 px-3.5 text-sm gap-2 pointer-coarse:h-10',
  lg: 'h-11 px-5 text-base gap-2',
}

export function buttonClass(look: Look = 'plain', size: Size = 'md', more?: string): string {
  return cx(
    'inline-flex shrink-0 items-center justify-center rounded-md font-medium whitespace-nowrap select-none',
    'transition-colors duration-100 active:translate-y-px disabled:opacity-60 disabled:active:translate-y-0',
    LOOKS[look],
    SIZES[size],
    more,
  )
}

export function Button({ look, size, className, type = 'button', ...rest }: ComponentProps<'button'> & { look?: Look; size?: Size }) {
  return <button type={type} className={buttonClass(look, size, className)} {...rest} />
}

/** A square button with an icon; its name is told, not seen. */
export function IconButton({ label, className, type = 'button', ...rest }: ComponentProps<'button'> & { label: string }) {
  return (
    <button
      type={type}
      aria-label={label}
      title={label}
      className={cx(
        'inline-flex size-8 shrink-0 items-center justify-center rounded-md text-faint transition-colors duration-100 hover:bg-hover hover:text-ink pointer-coarse:size-10',
        className,
      )}
      {...rest}
    />
  )
}
