import { describe, expect, it } from 'vitest'
import type { Task } from '@/api/types'
import { landing, placeAt, positionOf } from './places'

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

describe('what is put somewhere', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((id) => ({ id }) as Task)
  const there = [a!, b!, c!]
  const stays = () => null
  it('is placed among the others, together and in its order', () => {
    expect(landing([c!], there, 0, true, stays)).toEqual({ moved: [c], place: { before: 'a' }, before: 0, changed: false })
    expect(landing([a!, b!], there, 3, true, stays)).toEqual({ moved: [a, b], place: { after: 'c' }, before: 1, changed: false })
  })
  it('is left alone where it is already', () => {
    expect(landing([b!], there, 1, true, stays)).toBeNull()
    expect(landing([b!], there, 2, true, stays)).toBeNull()
    expect(landing([c!], there, 0, false, stays)).toBeNull()
  })
  it('is only what changes, where the order is not one’s own', () => {
    const change = (task: Task) => (task.id === 'b' ? { status: 'done' as const } : null)
    expect(landing([a!, b!], [], 0, false, change)).toEqual({ moved: [b], place: undefined, before: 0, changed: true })
  })
})
