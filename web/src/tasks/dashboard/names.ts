'use client'

import { useMemo } from 'react'
import { type Day } from '../dates'
import { useReader } from '../reader'

/** Days in the person's language, as long as there is room for. */
export function useDayNames() {
  const { locale } = useReader()
  return useMemo(() => {
    const format = (options: Intl.DateTimeFormatOptions) => {
      const made = new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' })
      return (day: Day) => made.format(new Date(`${day}T00:00:00Z`))
    }
    return {
      long: format({ weekday: 'short', day: 'numeric', month: 'long' }),
      short: format({ day: 'numeric', month: 'short' }),
      weekday: format({ weekday: 'short' }),
      letter: format({ weekday: 'narrow' }),
    }
  }, [locale])
}
