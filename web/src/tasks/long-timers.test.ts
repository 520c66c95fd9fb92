import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { sharingTimers } from './long-timers'

const MINUTE = 60_000

describe('timers of minutes', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('ring when each is due, over one timer of the browser', () => {
    const timers = sharingTimers()
    const rung: string[] = []
    for (const [name, minutes] of [['late', 10], ['soon', 5], ['same', 5], ['sooner', 4]] as const) timers.setTimeout(() => rung.push(name), minutes * MINUTE)
    expect(vi.getTimerCount()).toBe(1)
    vi.advanceTimersByTime(4 * MINUTE - 1)
    expect(rung).toEqual([])
    vi.advanceTimersByTime(1)
    expect(rung).toEqual(['sooner'])
    vi.advanceTimersByTime(MINUTE)
    expect(rung).toEqual(['sooner', 'soon', 'same'])
    vi.advanceTimersByTime(5 * MINUTE)
    expect(rung.at(-1)).toBe('late')
    expect(vi.getTimerCount()).toBe(0)
  })

  it('stay silent once cleared, also by another that rings with them', () => {
    const timers = sharingTimers()
    const rung: string[] = []
    const cleared = timers.setTimeout(() => rung.push('cleared'), MINUTE)
    timers.setTimeout(() => timers.clearTimeout(met), MINUTE)
    const met = timers.setTimeout(() => rung.push('met'), MINUTE)
    timers.clearTimeout(cleared)
    vi.advanceTimersByTime(2 * MINUTE)
    expect(rung).toEqual([])
  })

  it('ring again when one that rings sets another', () => {
    const timers = sharingTimers()
    const rung: string[] = []
    timers.setTimeout(() => timers.setTimeout(() => rung.push('next'), MINUTE), MINUTE)
    vi.advanceTimersByTime(2 * MINUTE)
    expect(rung).toEqual(['next'])
  })

  it('of less than ten seconds are the browser’s own', () => {
    const timers = sharingTimers()
    const rung: string[] = []
    timers.setTimeout(() => rung.push('short'), 500)
    const cleared = timers.setTimeout(() => rung.push('cleared'), 500)
    timers.clearTimeout(cleared)
    vi.advanceTimersByTime(500)
    expect(rung).toEqual(['short'])
  })
})
