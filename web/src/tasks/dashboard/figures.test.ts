import { describe, expect, it } from 'vitest'
import { type DayCount, levelOf, loadOf, streakOf, weekOf, weeksOf } from './figures'

const days = (...counts: number[]): DayCount[] =>
  counts.map((count, index) => ({ date: new Date(Date.UTC(2026, 10, 24 - counts.length + 1 + index)).toISOString().slice(0, 10), count }))

describe('a streak', () => {
  it('counts the days in a row up to today', () => {
    expect(streakOf(days(1, 0, 2, 1, 3))).toEqual({ days: 3, pending: false, best: 3 })
  })
  it('still stands in the morning, before anything is finished', () => {
    expect(streakOf(days(0, 2, 1, 0))).toEqual({ days: 2, pending: true, best: 2 })
  })
  it('ends with a day on which nothing was finished', () => {
    expect(streakOf(days(4, 4, 4, 0, 0))).toEqual({ days: 0, pending: false, best: 3 })
  })
  it('is nothing where nothing was ever finished', () => {
    expect(streakOf(days(0, 0))).toEqual({ days: 0, pending: false, best: 0 })
    expect(streakOf([])).toEqual({ days: 0, pending: false, best: 0 })
  })
})

describe('weeks', () => {
  const twelve = days(...Array<number>(84).fill(1)) // up to Tuesday 24 November
  it('begin on the person’s first day', () => {
    const monday = weeksOf(twelve, 1)
    expect(monday.at(-1)?.map((day) => day?.date ?? null)).toEqual(['2026-11-23', '2026-11-24', null, null, null, null, null])
    expect(weeksOf(twelve, 0).at(-1)?.map((day) => day?.date ?? null)).toEqual(['2026-11-22', '2026-11-23', '2026-11-24', null, null, null, null])
  })
  it('lose no day', () => {
    for (let start = 0; start < 7; start += 1) expect(weeksOf(twelve, start).flat().filter(Boolean)).toHaveLength(84)
  })
  it('are compared with the week before', () => {
    expect(weekOf(days(...Array<number>(7).fill(1), ...Array<number>(7).fill(2)))).toEqual({ now: 14, before: 7 })
  })
})

describe('a shade', () => {
  it('is told apart from nothing for the smallest count', () => {
    expect(levelOf(0, days(9))).toBe(0)
    expect(levelOf(1, days(...Array<number>(20).fill(100)))).toBe(1)
  })
  it('is not paled by one extraordinary day', () => {
    const usual = days(...Array<number>(19).fill(5), 500)
    expect(levelOf(5, usual)).toBe(4)
    expect(levelOf(500, usual)).toBe(4)
  })
})

describe('the load ahead', () => {
  it('tells what lies beyond the days shown', () => {
    expect(loadOf(days(1, 2, 3, 4), 2)).toMatchObject({ days: [{ count: 1 }, { count: 2 }], later: 7 })
  })
})
