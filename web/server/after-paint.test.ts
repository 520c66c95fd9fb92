import { describe, expect, it } from 'vitest'
import { afterPaint } from './after-paint.mjs'

const head = '<link rel="preload" as="script" fetchPriority="low" href="/a.js"/><script src="/a.js" id="_R_" async=""></script><script src="/b.js" crossorigin="" async=""></script><script>here()</script>'
const page = (mark: string) => `<html><head>${head}</head><body><div class="x"${mark}>words</div></body></html>`

describe('code after the first paint', () => {
  it('leaves a page alone that needs its code', () => {
    expect(afterPaint(page(''))).toBe(page(''))
  })

  it('fetches the code of a page that is whole without it once that is shown', () => {
    const html = afterPaint(page(' data-whole=""'))
    expect(html).not.toContain('src="')
    expect(html).not.toContain('preload')
    expect(html).toContain('<script>here()</script>')
    expect(html).toContain('[{"src":"/a.js","async":true,"id":"_R_"},{"src":"/b.js","async":true,"crossOrigin":"anonymous"}]')
  })

  it('holds a form that is sent before that', () => {
    expect(afterPaint(page(' data-whole=""'))).not.toContain('heldForm')
    expect(afterPaint(page(' data-whole=""').replace('words', '<form></form>'))).toContain("<script>addEventListener('submit',")
  })
})
