import { describe, expect, it } from 'vitest'
import { score } from './fuzzy'

const best = (typed: string, ...names: string[]) =>
  names
    .map((name) => ({ name, score: score(typed, name) }))
    .filter((one) => one.score !== null)
    .sort((one, other) => other.score! - one.score!)
    .map(({ name }) => name)

describe('fuzzy', () => {
  it('takes the beginning before the middle of a word', () => {
    expect(best('to', 'Photo album', 'Go to Today', 'Today')).toEqual(['Today', 'Go to Today', 'Photo album'])
  })
  it('finds initials', () => {
    expect(best('gd', 'Go to Dashboard', 'Add task')).toEqual(['Go to Dashboard'])
    expect(best('ph', 'Priority: High', 'Priority: Low')[0]).toBe('Priority: High')
  })
  it('finds words in any order', () => {
    expect(best('dark theme', 'Theme: Dark', 'Theme: Light')).toEqual(['Theme: Dark'])
  })
  it('does not mind marks and case', () => {
    expect(best('uber', 'Über uns')).toEqual(['Über uns'])
  })
  it('leaves out what lacks a letter, or has them far apart', () => {
    expect(best('xyz', 'Inbox')).toEqual([])
    expect(best('ist', 'Complete this and that some other time')).not.toContain('Inbox')
    expect(score('zoo', 'Zone of our own')).not.toBeNull()
  })
  it('fits everything when nothing is typed', () => {
    expect(score('  ', 'Inbox')).toBe(0)
  })
})
