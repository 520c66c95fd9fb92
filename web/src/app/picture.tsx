'use client'

import { useMessages } from '@/ui/messages'
import { cx } from '@/ui/cx'

/** A picture of the app itself, light or dark as the device is. */
export function Picture({ className, first }: { className?: string; first?: boolean }) {
  const { landing } = useMessages()
  return (
    <picture>
      <source srcSet="/app-dark.webp" media="(prefers-color-scheme: dark)" />
      <img
        src="/app-light.webp"
        width={1440}
        height={900}
        alt={first ? landing.picture : ''}
        loading={first ? undefined : 'lazy'}
        fetchPriority={first ? 'high' : undefined}
        decoding="async"
        className={cx('rounded-xl border border-line shadow-pop', className)}
      />
    </picture>
  )
}
