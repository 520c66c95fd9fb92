'use client'

import { cx } from '@/ui/cx'
import { useMessages } from '@/ui/messages'
import { pageClass } from '@/ui/page'
import { Section } from './section'

/** The settings as far as they are the same for everybody. */
export function SettingsBefore() {
  const { settings: words } = useMessages()
  return (
    <div className={pageClass.text}>
      <h1 className="mb-6 text-xl font-semibold tracking-tight">{words.title}</h1>
      <Section name={words.profile}>
        <div className="flex items-center gap-4">
          <span className="breathe size-18 shrink-0 rounded-full bg-line" />
          <div>
            <span className="breathe block h-8 w-36 rounded-md bg-line pointer-coarse:h-10" />
            <p className="mt-1.5 text-sm text-faint">{words.pictureHint}</p>
          </div>
        </div>
        <Unknown name={words.name} className="h-10" />
        <Unknown name={words.email} className="my-1 h-4 max-w-48 rounded-full" />
      </Section>
      <Section name={words.dates}>
        <Unknown name={words.zone} className="h-8 max-w-36 pointer-coarse:h-10" />
        <Unknown name={words.weekStart} className="h-8 max-w-28 pointer-coarse:h-10" />
      </Section>
    </div>
  )
}

function Unknown({ name, className }: { name: string; className: string }) {
  return (
    <div>
      <p className="mb-1 text-sm font-medium">{name}</p>
      <span className={cx('breathe block rounded-md bg-line opacity-60', className)} />
    </div>
  )
}
