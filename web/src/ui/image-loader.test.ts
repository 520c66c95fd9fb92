import { describe, expect, it } from 'vitest'
import imageLoader from './image-loader'

describe('where a picture is', () => {
  it('of the app, beside itself in every width', () => {
    expect(imageLoader({ src: '/_next/static/media/app.1a2b.webp', width: 640 })).toBe('/_next/static/media/app.1a2b.w640.webp')
  })
  it('of a person, in the next width that is made, in the format that is asked for', () => {
    const at = (width: number, form = 'webp') => imageLoader({ src: `/api/pictures/0a/512.${form}`, width })
    expect([at(48), at(64), at(65), at(256, 'avif'), at(4000)]).toEqual(['64.webp', '64.webp', '128.webp', '256.avif', '512.webp'].map((name) => `/api/pictures/0a/${name}`))
  })
})
