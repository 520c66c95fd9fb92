import { describe, expect, it } from 'vitest'
import { draftsOf, isManyLines, linesOf, newNames } from './lines'
import { understand } from './parse'

const around = { zone: 'Europe/Berlin', now: Date.UTC(2026, 10, 24, 9), labels: [{ id: 'l1', name: 'bills' }], projects: [{ id: 'p1', name: 'Home' }] }
const read = (text: string) => linesOf(text).map((line) => ({ line, understood: understand(line.text, around) }))
const depths = (text: string) => linesOf(text).map(({ text: words, depth }) => [words, depth])
const counter = () => {
  let last = 0
  return () => `t${(last += 1)}`
}

describe('many lines', () => {
  it('are steps of the line they are indented under', () => {
    expect(depths('Move house\n  Pack\n    Books\n  Clean\nRest')).toEqual([['Move house', 0], ['Pack', 1], ['Books', 2], ['Clean', 1], ['Rest', 0]])
  })
  it('may be indented by tabs, and unevenly', () => {
    expect(depths('a\n\tb\n\t\tc\n  d')).toEqual([['a', 0], ['b', 1], ['c', 2], ['d', 1]])
    expect(depths('   a\n b\nc')).toEqual([['a', 0], ['b', 0], ['c', 0]])
  })
  it('lose their bullets, numbers and boxes; a ticked one is done', () => {
    expect(linesOf('- one\n* two\n3. three\n- [ ] four\n- [x] five')).toEqual([
      { text: 'one', depth: 0, done: false },
      { text: 'two', depth: 0, done: false },
      { text: 'three', depth: 0, done: false },
      { text: 'four', depth: 0, done: false },
      { text: 'five', depth: 0, done: true },
    ])
  })
  it('are not made of blank ones', () => {
    expect(depths('a\r\n\r\n   \r\nb')).toEqual([['a', 0], ['b', 0]])
    expect(isManyLines('a\n\n')).toBe(false)
    expect(isManyLines('a\nb')).toBe(true)
  })
  it('never go deeper than tasks can', () => {
    const text = Array.from({ length: 12 }, (_, depth) => ' '.repeat(depth) + 'x').join('\n')
    expect(linesOf(text).at(-1)?.depth).toBe(7)
  })
})

describe('the tasks they become', () => {
  it('have their parents and their parents’ projects', () => {
    const drafts = draftsOf(read('Move +Home !high\n  Pack #bills tomorrow\n    Books'), {}, { labels: new Map(), projects: new Map() }, counter())
    expect(drafts).toMatchObject([
      { id: 't1', title: 'Move', project_id: 'p1', priority: 'high' },
      { id: 't2', title: 'Pack', parent_id: 't1', project_id: 'p1', label_ids: ['l1'], due: { date: '2026-11-25' } },
      { id: 't3', title: 'Books', parent_id: 't2', project_id: 'p1' },
    ])
  })
  it('begin from the place they are added at', () => {
    const drafts = draftsOf(read('a\n b'), { project_id: 'p9', label_ids: ['l9'] }, { labels: new Map(), projects: new Map() }, counter())
    expect(drafts).toMatchObject([{ project_id: 'p9', label_ids: ['l9'] }, { project_id: 'p9', label_ids: [] }])
  })
  it('name each new label and project once', () => {
    const all = read('a #New +Trip\nb #new\nc +trip')
    expect(newNames(all)).toEqual({ labels: ['new'], projects: ['trip'] })
    const made = { labels: new Map([['new', 'l7']]), projects: new Map([['trip', 'p7']]) }
    expect(draftsOf(all, {}, made, counter())).toMatchObject([{ label_ids: ['l7'], project_id: 'p7' }, { label_ids: ['l7'] }, { project_id: 'p7' }])
  })
  it('keep their words where nothing but marks was written', () => {
    expect(draftsOf(read('#bills\nb'), {}, { labels: new Map(), projects: new Map() }, counter())[0]?.title).toBe('#bills')
  })
  it('go on in the description where the title has no room', () => {
    const words = 'word '.repeat(130).trim()
    const [draft] = draftsOf(read(`${words}\nb`), {}, { labels: new Map(), projects: new Map() }, counter())
    expect([...draft!.title].length).toBeLessThanOrEqual(500)
    expect(`${draft!.title} ${draft!.description}`).toBe(words)
    const [solid] = draftsOf(read('😀'.repeat(501)), {}, { labels: new Map(), projects: new Map() }, counter())
    expect([solid!.title, solid!.description]).toEqual(['😀'.repeat(500), '😀'])
  })
})
