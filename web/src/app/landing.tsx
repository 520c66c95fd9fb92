'use client'

import { Picture } from './picture'
import { Doors } from './doors'
import { Logo } from '@/ui/logo'
import { useMessages } from '@/ui/messages'

/** What it is, one picture, the way in. Static, and whole without JavaScript. */
export function Landing() {
  const { landing, product } = useMessages()
  return (
    <div data-whole="" className="min-h-dvh overflow-x-clip bg-sunken">
      <div className="mx-auto max-w-6xl px-5 sm:px-8">
        <header className="flex h-16 items-center justify-between sm:h-20">
          <Logo name={product} />
          <Doors place="header" />
        </header>
        <main>
          <div className="max-w-3xl pt-12 pb-12 sm:pt-20 sm:pb-16">
            <h1 className="text-3xl font-semibold tracking-[-0.025em] text-balance">{landing.headline}</h1>
            <p className="mt-5 max-w-xl text-lg text-pretty text-soft">{landing.lead}</p>
            <div className="mt-8">
              <Doors place="hero" />
            </div>
          </div>
          <Picture className="w-full" first />
          <ul className="grid gap-x-12 gap-y-8 py-16 sm:grid-cols-3 sm:py-24">
            {landing.points.map(({ title, text }) => (
              <li key={title}>
                <h2 className="text-base font-semibold">{title}</h2>
                <p className="mt-1.5 text-pretty text-soft">{text}</p>
              </li>
            ))}
          </ul>
        </main>
        <footer className="border-t border-line py-8 text-sm text-faint">{landing.footer}</footer>
      </div>
    </div>
  )
}
