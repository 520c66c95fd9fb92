import { describe, expect, it } from 'vitest'
import { addDays, addMonths, dayOf, endOf, instantOf, isPast, monthGrid, sayDay, sayRestOfDay, timeOf, today, wallTime } from './dates'

const words = { today: 'Today', tomorrow: 'Tomorrow', yesterday: 'Yesterday' }

describe('instants and wall times', () => {
  it('finds the instant of a wall time on both sides of the date line', () => {
    expect(instantOf('2026-07-01T09:00:00', 'Europe/Berlin')).toBe(Date.UTC(2026, 6, 1, 7))
    expect(instantOf('2026-01-01T09:00:00', 'Pacific/Auckland')).toBe(Date.UTC(2025, 11, 31, 20))
    expect(instantOf('2026-01-01T09:00:00', 'America/Los_Angeles')).toBe(Date.UTC(2026, 0, 1, 17))
  })
  it('moves a time that does not exist forward by the gap', () => {
    expect(instantOf('2026-03-29T02:30:00', 'Europe/Berlin')).toBe(Date.UTC(2026, 2, 29, 1, 30))
  })
  it('takes the first of two equal times', () => {
    expect(instantOf('2026-10-25T02:30:00', 'Europe/Berlin')).toBe(Date.UTC(2026, 9, 25, 0, 30))
  })
  it('shows an instant as a clock in the zone does', () => {
    expect(wallTime(Date.UTC(2026, 10, 24, 23, 30), 'Asia/Tokyo')).toBe('2026-11-25T08:30:00')
  })
  it('knows that today depends on where one is', () => {
    const moment = Date.UTC(2026, 10, 24, 23, 30)
    expect(today('America/New_York', moment)).toBe('2026-11-24')
    expect(today('Asia/Tokyo', moment)).toBe('2026-11-25')
  })
})

describe('when something is due', () => {
  it('lasts until the end of its day', () => {
    expect(endOf({ date: '2026-11-24' }, 'UTC')).toBe(Date.UTC(2026, 10, 25) - 1)
    expect(isPast({ date: '2026-11-24' }, 'UTC', Date.UTC(2026, 10, 24, 23, 59))).toBe(false)
    expect(isPast({ date: '2026-11-24' }, 'UTC', Date.UTC(2026, 10, 25))).toBe(true)
  })
  it('is on the reader’s day, at the reader’s time', () => {
    const call = { datetime: '2026-11-24T22:00:00', timezone: 'America/New_York' }
    expect(dayOf(call, 'Europe/Berlin')).toBe('2026-11-25')
    expect(timeOf(call, 'Europe/Berlin')).toBe('04:00')
  })
  it('floats when it has no zone', () => {
    expect(timeOf({ datetime: '2026-11-24T22:00:00', timezone: null }, 'Asia/Tokyo')).toBe('22:00')
  })
})

describe('saying a day', () => {
  it('is as short as it can be without doubt', () => {
    const say = (day: string) => sayDay(day, '2026-11-24', 'en-GB', words)
    expect(['2026-11-24', '2026-11-25', '2026-11-23'].map(say)).toEqual(['Today', 'Tomorrow', 'Yesterday'])
    expect(say('2026-11-27')).toBe('Friday')
    expect(say('2026-12-01')).toBe('1 Dec')
    expect(say('2027-12-01')).toBe('1 Dec 2027')
    expect(say('2026-11-20')).toBe('20 Nov')
  })
  it('is followed by what it leaves open', () => {
    const rest = (day: string) => sayRestOfDay(day, '2026-11-24', 'en-GB')
    expect(['2026-11-24', '2026-11-25', '2026-11-27', '2026-12-01', '2027-12-01'].map(rest)).toEqual(['Tue 24 Nov', 'Wed 25 Nov', '27 Nov', 'Tuesday', 'Wednesday'])
  })
})

describe('the calendar', () => {
  it('crosses months and years', () => {
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01')
    expect(addMonths('2026-12', 1)).toBe('2027-01')
    expect(addMonths('2026-01', -1)).toBe('2025-12')
  })
  it('starts its weeks where the person’s week starts', () => {
    expect(monthGrid('2026-11', 1)[0]).toBe('2026-10-26')
    expect(monthGrid('2026-11', 0)[0]).toBe('2026-11-01')
    expect(monthGrid('2026-11', 1)).toHaveLength(42)
  })
})
