'use client'

import { useMemo, useSyncExternalStore } from 'react'
import { useUser } from '@/api/session'
import { useMessages } from '@/ui/messages'
import { type Day, today } from './dates'

export interface Reader {
  zone: string
  locale: string
  day: Day
  weekStart: number
}

/** Where the person reads: their zone and language, and the day it is there. */
export function useReader(): Reader {
  const { timezone, week_start, locale: own } = useUser()
  const { locale: spoken } = useMessages()
  // The person's own region, as long as it is of the language on the screen.
  const locale = own.includes('-') && own.split('-')[0] === spoken.split('-')[0] ? own : spoken
  const day = useSyncExternalStore(everyMinute, () => today(timezone), () => today(timezone))
  return useMemo(() => ({ zone: timezone, locale, day, weekStart: week_start }), [timezone, locale, day, week_start])
}

const watching = new Set<() => void>()
let watched = false

/** One clock for the page: it goes on once somebody has looked. */
function everyMinute(look: () => void): () => void {
  watching.add(look)
  if (!watched) {
    watched = true
    const tell = () => watching.forEach((watch) => watch())
    setInterval(tell, 20_000)
    document.addEventListener('visibilitychange', tell)
  }
  return () => void watching.delete(look)
}
