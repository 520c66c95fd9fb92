import { describe, expect, it } from 'vitest'
import { ago } from './ago'

describe('how long ago something was', () => {
  const now = Date.parse('2026-11-24T12:00:00.000Z')
  it.each([
    ['2026-11-24T12:00:05.000Z', 'now'],
    ['2026-11-24T11:59:30.000Z', 'now'],
    ['2026-11-24T11:55:00.000Z', '5 minutes ago'],
    ['2026-11-24T10:30:00.000Z', '1 hour ago'],
    ['2026-11-23T11:00:00.000Z', 'yesterday'],
    ['2026-11-14T12:00:00.000Z', '10 days ago'],
  ])('%s', (instant, said) => {
    expect(ago(instant, 'en-GB', now)).toBe(said)
  })
  it('is said in the reader’s language', () => {
    expect(ago('2026-11-24T11:55:00.000Z', 'de-DE', now)).toBe('vor 5 Minuten')
  })
})
