import { describe, expect, it } from 'vitest'
import { safePath } from './return-path'

describe('the way back after signing in', () => {
  it('leads to a path of this site', () => {
    expect(safePath('/task/7?q=a')).toBe('/task/7?q=a')
  })
  it('never leads elsewhere', () => {
    for (const wanted of ['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', '/\t/evil.example', '', null, '/..//evil.example'])
      expect(safePath(wanted)).toBe('/today')
  })
})
