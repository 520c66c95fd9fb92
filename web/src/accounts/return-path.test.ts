import { describe, expect, it } from 'vitest'
import { safePath, signInPath, whyIn } from './return-path'

describe('the way back after signing in', () => {
  it('leads to a path of this site', () => {
    expect(safePath('/task/7?q=a')).toBe('/task/7?q=a')
  })
  it('never leads elsewhere', () => {
    for (const wanted of ['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', '/\t/evil.example', '', null, '/..//evil.example'])
      expect(safePath(wanted)).toBe('/today')
  })
})

describe('the way to sign in', () => {
  it('says where from and why', () => {
    expect(signInPath('/task/7?q=a')).toBe('/sign-in?return=%2Ftask%2F7%3Fq%3Da')
    const { search } = new URL(signInPath('/today', 'ended'), 'http://site.invalid')
    expect(whyIn(search)).toBe('ended')
    expect(safePath(new URLSearchParams(search).get('return'))).toBe('/today')
  })
  it('believes no other reason', () => {
    for (const search of ['', '?why=', '?why=you+won', '?why=constructor']) expect(whyIn(search)).toBe(null)
  })
})
