'use client'

import { Logo } from '@/ui/logo'
import { useMessages } from '@/ui/messages'

/** The shell as it stands before anybody is known: same places, nothing in them. */
export function ShellSkeleton() {
  const { product, shell } = useMessages()
  return (
    <div className="flex h-dvh bg-canvas" role="status" aria-label={shell.loading}>
      <div className="hidden w-60 shrink-0 border-r border-line bg-sunken px-5 pt-5 md:block">
        <Logo name={product} />
      </div>
      <div className="mx-auto w-full max-w-4xl px-4 pt-8 sm:px-8 md:pt-12">
        <span className="breathe block h-5 w-32 rounded-full bg-line" />
        {[62, 48, 71, 39].map((width, index) => (
          <span key={width} className="breathe mt-7 block h-3 rounded-full bg-line" style={{ width: `${width}%`, opacity: 1 - index * 0.2 }} />
        ))}
      </div>
    </div>
  )
}
