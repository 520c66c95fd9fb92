import { describe, expect, it } from 'vitest'
import { between, type Chosen, extended, NOTHING, toggled } from './selection'

const order = ['a', 'b', 'c', 'd', 'e']
const sorted = ({ selected }: Chosen) => [...selected].sort().join('')

describe('a range', () => {
  it('holds both ends, whichever was chosen first', () => {
    expect(between(order, 'b', 'd')).toEqual(['b', 'c', 'd'])
    expect(between(order, 'd', 'b')).toEqual(['b', 'c', 'd'])
  })
  it('is the one alone where nothing was chosen before', () => {
    expect(between(order, null, 'c')).toEqual(['c'])
    expect(between(order, 'gone', 'c')).toEqual(['c'])
  })
})

describe('reaching from one to another', () => {
  it('begins where the last one was chosen, else at the cursor', () => {
    expect(sorted(extended(toggled(NOTHING, 'b'), 'd', order, 'a'))).toBe('bcd')
    expect(sorted(extended(NOTHING, 'c', order, 'b'))).toBe('bc')
  })
  it('lets go again of what it no longer reaches', () => {
    const three = extended(extended(NOTHING, 'c', order, 'b'), 'd', order, 'c')
    expect(sorted(three)).toBe('bcd')
    expect(sorted(extended(three, 'c', order, 'd'))).toBe('bc')
    expect(sorted(extended(three, 'a', order, 'b'))).toBe('ab')
  })
  it('keeps what was chosen one by one', () => {
    const both = extended(toggled(toggled(NOTHING, 'e'), 'a'), 'c', order, null)
    expect(sorted(both)).toBe('abce')
    expect(sorted(extended(both, 'b', order, null))).toBe('abe')
  })
})
