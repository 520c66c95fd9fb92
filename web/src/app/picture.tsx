'use client'

import { getImageProps } from 'next/image'
import { useMessages } from '@/ui/messages'
import { cx } from '@/ui/cx'
import dark from './app-dark.webp'
import light from './app-light.webp'

/** As wide as the screen less its margins, up to the column of the page. */
const SIZES = '(min-width: 72rem) 68rem, calc(100vw - 2.5rem)'

/** A picture of the app itself, light or dark as the device is. */
export function Picture({ className, first }: { className?: string; first?: boolean }) {
  const { landing } = useMessages()
  const given = { alt: first ? landing.picture : '', sizes: SIZES, fetchPriority: first ? 'high' : undefined, decoding: first ? 'sync' : 'async' } as const
  const { srcSet } = getImageProps({ ...given, src: dark }).props
  const { props } = getImageProps({ ...given, src: light, loading: first ? 'eager' : 'lazy' })
  return (
    <picture>
      <source srcSet={srcSet} sizes={SIZES} media="(prefers-color-scheme: dark)" />
      {/* eslint-disable-next-line jsx-a11y/alt-text -- it is among the props that next/image made */}
      <img {...props} className={cx('rounded-xl border border-line shadow-pop', className)} />
    </picture>
  )
}
