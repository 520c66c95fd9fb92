import { describe, expect, it } from 'vitest'
import { placeAt, positionOf } from './places'

const positions: Record<string, string> = { a: '18A', b: '18B', c: '18B1', d: '2' }
const at = (place: Parameters<typeof positionOf>[0]) => positionOf(place, (id) => positions[id])

describe('a place shown at once', () => {
  it('is right after its neighbour', () => {
    const position = at({ after: 'b' })
    expect(position > '18B' && position < '18B1').toBe(true)
  })
  it('is right before its neighbour', () => {
    const position = at({ before: 'b' })
    expect(position > '18A' && position < '18B').toBe(true)
    const between = at({ before: 'c' })
    expect(between > '18B' && between < '18B1').toBe(true)
  })
  it('is before or after everything', () => {
    expect(at('first') < '18A').toBe(true)
    expect(at('last') > '2').toBe(true)
  })
})

describe('the place asked for', () => {
  const others = [{ id: 'a' }, { id: 'b' }]
  it('hangs on the card above, or at the top on the one below', () => {
    expect(placeAt(others, 0)).toEqual({ before: 'a' })
    expect(placeAt(others, 1)).toEqual({ after: 'a' })
    expect(placeAt(others, 2)).toEqual({ after: 'b' })
  })
  it('is left open in an empty column', () => {
    expect(placeAt([], 0)).toBeUndefined()
  })
})
