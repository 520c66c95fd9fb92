import { describe, expect, it } from 'vitest'
import { newId } from './ids'
import { eventParser, type ServerEvent } from './stream'

const read = (...chunks: string[]) => {
  const events: ServerEvent[] = []
  const feed = eventParser((event) => events.push(event))
  chunks.forEach(feed)
  return events
}

describe('the event stream', () => {
  it('puts events together from any pieces', () => {
    const text = 'id: 7-ab\nevent: change\ndata: {"a":\ndata: 1}\n\n'
    expect(read(...text)).toEqual([{ id: '7-ab', event: 'change', data: '{"a":\n1}' }])
    expect(read(text)).toEqual(read(...text))
  })
  it('takes either kind of line end, cut anywhere', () => {
    expect(read('event: reset\r', '\ndata: x\r\n\r\n')).toEqual([{ id: '', event: 'reset', data: 'x' }])
  })
  it('keeps silent about comments', () => {
    expect(read(': hello\n\n: again\n\n')).toEqual([])
  })
  it('remembers the last id', () => {
    expect(read('id: 1\ndata: a\n\ndata: b\n\n').map(({ id }) => id)).toEqual(['1', '1'])
  })
})

describe('an id made in the browser', () => {
  it('is a version 7 UUID that sorts by time', () => {
    const earlier = newId(1_000_000_000_000)
    const later = newId(1_000_000_000_001)
    expect(earlier).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(earlier < later).toBe(true)
  })
})
