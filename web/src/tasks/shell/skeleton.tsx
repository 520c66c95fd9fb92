'use client'

import { usePathname } from 'next/navigation'
import { Logo } from '@/ui/logo'
import { useMessages } from '@/ui/messages'

const PLACES = ['inbox', 'today', 'upcoming', 'all', 'dashboard', 'projects', 'labels', 'trash', 'settings'] as const

/** The shell as it stands before anybody is known: same places, and only their name in them. */
export function ShellSkeleton() {
  const { shell } = useMessages()
  const path = usePathname()
  const place = PLACES.find((name) => path === `/${name}`)
  return (
    <div className="flex h-dvh bg-canvas" role="status" aria-label={shell.loading}>
      <SideSkeleton />
      <div className="mx-auto w-full max-w-4xl px-4 pt-6 sm:px-8 md:pt-10 lg:max-w-240 lg:px-16">
        {place ? <p className="text-xl font-semibold tracking-tight">{shell[place]}</p> : <span className="breathe my-1.5 block h-5 w-32 rounded-full bg-line" />}
        {[62, 48, 71, 39].map((width, index) => (
          <span key={width} className="breathe mt-7 block h-3 rounded-full bg-line" style={{ width: `${width}%`, opacity: 1 - index * 0.2 }} />
        ))}
      </div>
    </div>
  )
}

export function SideSkeleton() {
  const { product } = useMessages()
  return (
    <div className="hidden w-60 shrink-0 border-r border-line bg-sunken px-5 pt-5 md:block">
      <Logo name={product} />
    </div>
  )
}
