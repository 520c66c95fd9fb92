import { describe, expect, it } from 'vitest'
import { understand, understandDate } from './parse'

const NOW = Date.UTC(2026, 10, 24, 9, 0) // a Tuesday, 10:00 in Berlin
const around = {
  zone: 'Europe/Berlin',
  now: NOW,
  labels: [{ id: 'l1', name: 'bills' }, { id: 'l2', name: 'deep work' }],
  projects: [{ id: 'p1', name: 'Home' }, { id: 'p2', name: 'Summer house' }],
}

describe('quick add', () => {
  it('understands a whole sentence and leaves the title', () => {
    const seen = understand('Pay rent tomorrow 9am !high #bills +Home', around)
    expect(seen.title).toBe('Pay rent')
    expect(seen.due).toEqual({ datetime: '2026-11-25T09:00:00', timezone: 'Europe/Berlin' })
    expect(seen.priority).toBe('high')
    expect(seen.labels).toEqual([{ name: 'bills', id: 'l1' }])
    expect(seen.project).toEqual({ name: 'Home', id: 'p1' })
  })
  it('marks where in the text each part stands', () => {
    const text = 'Call mum friday !1'
    const { tokens } = understand(text, around)
    expect(tokens.map(({ kind, start, end }) => [kind, text.slice(start, end)])).toEqual([['due', 'friday'], ['priority', '!1']])
  })
  it('takes a day without a time as a date', () => {
    expect(understand('Water plants friday', around).due).toEqual({ date: '2026-11-27' })
    expect(understand('Renew passport 3 March', around).due).toEqual({ date: '2027-03-03' })
  })
  it('reckons from the person’s day, not the machine’s', () => {
    const late = { ...around, now: Date.UTC(2026, 10, 24, 23, 30), zone: 'Asia/Tokyo' }
    expect(understand('Ring tomorrow', late).due).toEqual({ date: '2026-11-26' })
  })
  it('keeps a part as plain words once it was turned off', () => {
    const seen = understand('Plan tomorrow !low', { ...around, ignored: new Set(['due:tomorrow']) })
    expect(seen.due).toBeNull()
    expect(seen.title).toBe('Plan tomorrow')
    expect(seen.priority).toBe('low')
  })
  it('knows names with spaces, and quotes for new ones', () => {
    const seen = understand('Paint fence +Summer house #deep work #"for later"', around)
    expect(seen.project).toEqual({ name: 'Summer house', id: 'p2' })
    expect(seen.labels).toEqual([{ name: 'deep work', id: 'l2' }, { name: 'for later', id: null }])
    expect(seen.title).toBe('Paint fence')
  })
  it('offers to make what does not exist yet', () => {
    const seen = understand('Book flights +Trip #travel', around)
    expect(seen.project).toEqual({ name: 'Trip', id: null })
    expect(seen.labels).toEqual([{ name: 'travel', id: null }])
  })
  it('leaves arithmetic, prices, C# and addresses alone', () => {
    for (const title of ['1 + 1', 'Learn C#', 'Mail bob@x.org', 'Wow! nice', 'Room 42', '+49 30 1234'])
      expect(understand(title, around).title).toBe(title)
  })
  it('takes the first of two priorities and keeps the other as words', () => {
    const seen = understand('Fix !low !high', around)
    expect(seen.priority).toBe('low')
    expect(seen.title).toBe('Fix !high')
  })
  it('says nothing about an empty line', () => {
    expect(understand('   ', around)).toMatchObject({ title: '', tokens: [] })
  })
})

describe('a date in words', () => {
  it('is understood on its own', () => {
    expect(understandDate('in 3 days', 'Europe/Berlin', NOW)).toEqual({ date: '2026-11-27' })
    expect(understandDate('next monday 14:30', 'Europe/Berlin', NOW)).toEqual({ datetime: '2026-11-30T14:30:00', timezone: 'Europe/Berlin' })
    expect(understandDate('whenever', 'Europe/Berlin', NOW)).toBeNull()
  })
})

describe('in German', () => {
  const german = { ...around, language: 'de-DE' }
  it('a whole sentence is understood', () => {
    const seen = understand('Miete zahlen morgen um 9 Uhr !hoch #bills +Home', german)
    expect(seen).toMatchObject({ title: 'Miete zahlen', due: { datetime: '2026-11-25T09:00:00', timezone: 'Europe/Berlin' }, priority: 'high' })
  })
  it('days and spans are dates, English ones too', () => {
    expect(understand('Blumen gießen am Freitag', german).due).toEqual({ date: '2026-11-27' })
    expect(understand('Call mum tomorrow', german).due).toEqual({ date: '2026-11-25' })
  })
  it('an English reader’s words stay words', () => {
    expect(understand('Read Morgen', around).due).toBeNull()
  })
})
