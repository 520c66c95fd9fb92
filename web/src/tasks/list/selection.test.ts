import { describe, expect, it } from 'vitest'
import { between } from './selection'

const order = ['a', 'b', 'c', 'd']

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
