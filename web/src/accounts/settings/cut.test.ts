import { describe, expect, it } from 'vitest'
import { cutOf, moved } from './cut'

const wide = { width: 400, height: 200 }
const middle = { zoom: 1, x: 0.5, y: 0.5 }

describe('the square that is cut out of a picture', () => {
  it('is the middle, as large as it can be', () => {
    expect(cutOf(wide, middle)).toEqual({ left: 100, top: 0, side: 200 })
    expect(cutOf({ width: 200, height: 400 }, middle)).toEqual({ left: 0, top: 100, side: 200 })
  })
  it('is smaller the more one zooms', () => {
    expect(cutOf(wide, { ...middle, zoom: 2 })).toEqual({ left: 150, top: 50, side: 100 })
  })
  it('follows a drag, and never leaves the picture', () => {
    expect(cutOf(wide, moved(wide, middle, 0.25, 0.25))).toEqual({ left: 150, top: 0, side: 200 })
    for (const far of [-9, 9]) {
      const { left, top, side } = cutOf(wide, moved(wide, { ...middle, zoom: 2 }, far, far))
      expect([left >= 0, top >= 0, left + side <= 400, top + side <= 200]).toEqual([true, true, true, true])
    }
  })
})
