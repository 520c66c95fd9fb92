'use client'

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
        <Unknown name={words.name} />
        <Unknown name={words.email} />
      </Section>
      <Section name={words.dates}>
        <Unknown name={words.zone} />
        <Unknown name={words.weekStart} />
      </Section>
    </div>
  )
}

function Unknown({ name }: { name: string }) {
  return (
    <div>
      <p className="mb-1 text-sm font-medium">{name}</p>
      <span className="breathe block h-10 max-w-72 rounded-md bg-line opacity-60" />
    </div>
  )
}
