import type { Stats } from '@/api/types'
import { type Day, weekday } from '../dates'

export interface DayCount {
  date: Day
  count: number
}

export interface Streak {
  days: number
  /** Nothing was finished today yet: the streak still stands, and ends at midnight. */
  pending: boolean
  best: number
}

/** Days in a row, up to today, on which something was finished. Today counts only once it has something. */
export function streakOf(completed: readonly DayCount[]): Streak {
  let best = 0
  let run = 0
  for (const { count } of completed) {
    run = count > 0 ? run + 1 : 0
    best = Math.max(best, run)
  }
  const pending = completed.at(-1)?.count === 0
  let days = 0
  for (let index = completed.length - (pending ? 2 : 1); index >= 0 && completed[index]!.count > 0; index -= 1) days += 1
  return { days, pending: pending && days > 0, best }
}

export function sum(days: readonly DayCount[]): number {
  return days.reduce((total, { count }) => total + count, 0)
}

/** Weeks as columns, each of seven days that begin on the person's first day (0 is Sunday); days outside are null. */
export function weeksOf(days: readonly DayCount[], weekStart: number): (DayCount | null)[][] {
  const first = days[0]
  if (!first) return []
  const lead = (weekday(first.date) - weekStart + 7) % 7
  const cells: (DayCount | null)[] = [...Array<null>(lead).fill(null), ...days]
  while (cells.length % 7 > 0) cells.push(null)
  return Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(week * 7, week * 7 + 7))
}

/** 0 for nothing, 1 to 4 for how much it is beside a busy day; one extraordinary day does not pale the others. */
export function levelOf(count: number, days: readonly DayCount[]): number {
  if (count <= 0) return 0
  const counts = days.flatMap((day) => (day.count > 0 ? day.count : [])).sort((one, other) => one - other)
  const busy = counts[Math.floor((counts.length - 1) * 0.9)] ?? 1
  return Math.min(4, Math.max(1, Math.ceil((count / busy) * 4)))
}

/** The first days of what is due, and how much lies beyond them. */
export function loadOf(due: readonly DayCount[], days: number): { days: DayCount[]; later: number } {
  return { days: due.slice(0, days), later: sum(due.slice(days)) }
}

/** What was finished in the seven days up to today, and in the seven before. */
export function weekOf(completed: readonly DayCount[]): { now: number; before: number } {
  return { now: sum(completed.slice(-7)), before: sum(completed.slice(-14, -7)) }
}

export function isEmpty(stats: Stats): boolean {
  return Object.values(stats.by_status).every((count) => count === 0)
}

