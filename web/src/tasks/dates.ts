import type { When } from '@/api/types'

/** A calendar date as the wire writes it: 2026-11-24. Compares as text. */
export type Day = string

const DAY = 86_400_000
const WALL = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const
const formats = new Map<string, Intl.DateTimeFormat>()

/** Made once: making one takes longer than all that it writes in a list. */
function formatOf(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${JSON.stringify(options)}`
  let format = formats.get(key)
  if (!format) formats.set(key, (format = new Intl.DateTimeFormat(locale, options)))
  return format
}

/** The last that was asked for: every row of a list asks for the same moment. */
let asked = { second: NaN, zone: '', wall: '' }

/** The wall time that a clock in `zone` shows at an instant, as 2026-11-24T10:00:00. */
export function wallTime(instant: number, zone: string): string {
  const second = Math.floor(instant / 1000)
  if (asked.second !== second || asked.zone !== zone) {
    const found: Record<string, string> = {}
    for (const { type, value } of formatOf('en-CA', { ...WALL, timeZone: zone }).formatToParts(instant)) found[type] = value
    asked = { second, zone, wall: `${found.year}-${found.month}-${found.day}T${found.hour}:${found.minute}:${found.second}` }
  }
  return asked.wall
}

/** The instant of a wall time in `zone`. Of two it is the first; one in a gap moves forward. */
export function instantOf(wall: string, zone: string): number {
  const naive = Date.parse(`${wall}Z`)
  const offsetAt = (instant: number) => Date.parse(`${wallTime(instant, zone)}Z`) - instant
  const before = offsetAt(naive - DAY)
  const after = offsetAt(naive + DAY)
  const early = naive - before
  return offsetAt(early) === before || offsetAt(naive - after) !== after ? early : naive - after
}

export function today(zone: string, now = Date.now()): Day {
  return wallTime(now, zone).slice(0, 10)
}

export function addDays(day: Day, days: number): Day {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10)
}

/** 0 is Sunday. */
export function weekday(day: Day): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay()
}

/** The instant after which it is past, as the server orders by: the end of a date, or the time itself. */
export function endOf(when: When, zone: string): number {
  if ('date' in when) return instantOf(`${addDays(when.date, 1)}T00:00:00`, zone) - 1
  return instantOf(when.datetime, when.timezone ?? zone)
}

/** The day on which somebody in `zone` has it. */
export function dayOf(when: When, zone: string): Day {
  if ('date' in when) return when.date
  const wall = when.datetime
  if (!when.timezone || when.timezone === zone) return wall.slice(0, 10)
  return wallTime(instantOf(wall, when.timezone), zone).slice(0, 10)
}

/** The same on another day: its time of day and its zone stay. */
export function onDay(due: When | null, day: Day, zone: string): When {
  if (!due || 'date' in due) return { date: day }
  const later = (Date.parse(day) - Date.parse(dayOf(due, zone))) / DAY
  return { ...due, datetime: addDays(due.datetime.slice(0, 10), later) + due.datetime.slice(10) }
}

/** The time of day in `zone` as 09:00, or null for a whole day. */
export function timeOf(when: When, zone: string): string | null {
  if ('date' in when) return null
  if (!when.timezone || when.timezone === zone) return when.datetime.slice(11, 16)
  return wallTime(instantOf(when.datetime, when.timezone), zone).slice(11, 16)
}

/** Compares as text wherever it can: asked for every row of a long list. */
export function isPast(when: When, zone: string, now = Date.now()): boolean {
  if ('date' in when) return when.date < today(zone, now)
  if (!when.timezone || when.timezone === zone) return when.datetime < wallTime(now, zone)
  return endOf(when, zone) < now
}

export function when(day: Day, time: string | null, zone: string): When {
  return time ? { datetime: `${day}T${time}:00`, timezone: zone } : { date: day }
}

export interface DayWords {
  today: string
  tomorrow: string
  yesterday: string
}

/** "Today", "Friday", "12 Mar", "12 Mar 2027": as short as it can be said without doubt. */
export function sayDay(day: Day, from: Day, locale: string, words: DayWords): string {
  if (day === from) return words.today
  if (day === addDays(from, 1)) return words.tomorrow
  if (day === addDays(from, -1)) return words.yesterday
  const date = new Date(`${day}T00:00:00Z`)
  const say = (options: Intl.DateTimeFormatOptions) => formatOf(locale, { ...options, timeZone: 'UTC' }).format(date)
  if (day > from && day < addDays(from, 7)) return say({ weekday: 'long' })
  if (day.slice(0, 4) === from.slice(0, 4)) return say({ day: 'numeric', month: 'short' })
  return say({ day: 'numeric', month: 'short', year: 'numeric' })
}

/** What `sayDay` leaves open: the date, the weekday, or both. */
export function sayRestOfDay(day: Day, from: Day, locale: string): string {
  const beside = day >= addDays(from, -1) && day <= addDays(from, 1)
  const byWeekday = day > from && day < addDays(from, 7)
  const date = { day: 'numeric', month: 'short' } as const
  const options: Intl.DateTimeFormatOptions = beside ? { weekday: 'short', ...date } : byWeekday ? date : { weekday: 'long' }
  return formatOf(locale, { ...options, timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`))
}

/** "Friday, 27 November". */
export function sayLongDay(day: Day, locale: string): string {
  return formatOf(locale, { weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`))
}

export function sayTime(time: string, locale: string): string {
  return formatOf(locale, { hour: 'numeric', minute: '2-digit', timeZone: 'UTC' }).format(new Date(`1970-01-01T${time}:00Z`))
}

export function sayWhen(value: When, zone: string, locale: string, words: DayWords, now = Date.now()): string {
  const day = sayDay(dayOf(value, zone), today(zone, now), locale, words)
  const time = timeOf(value, zone)
  return time ? `${day} ${sayTime(time, locale)}` : day
}

/** The six weeks that a month's page shows, starting on the person's first day of the week (0 is Sunday). */
export function monthGrid(month: string, weekStart: number): Day[] {
  const first = `${month}-01`
  const lead = (weekday(first) - weekStart + 7) % 7
  return Array.from({ length: 42 }, (_, index) => addDays(first, index - lead))
}

export function addMonths(month: string, months: number): string {
  const [year = 1970, number = 1] = month.split('-').map(Number)
  const index = year * 12 + number - 1 + months
  return `${Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}`
}
