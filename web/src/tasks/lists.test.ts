import { describe, expect, it } from 'vitest'
import type { Task } from '@/api/types'
import { allTasks, belongs, type ListQuery, type Pages, withTasks } from './lists'

const viewer = { zone: 'Europe/Berlin', now: Date.UTC(2026, 10, 24, 9) }
const task = (id: string, more: Partial<Task> = {}): Task => ({
  id,
  workspace_id: 'w',
  version: 1,
  title: id,
  description: '',
  status: 'todo',
  priority: 'none',
  start: null,
  due: null,
  project_id: null,
  parent_id: null,
  label_ids: [],
  position: id,
  created_at: '2026-11-24T08:00:00.000Z',
  updated_at: '2026-11-24T08:00:00.000Z',
  completed_at: null,
  created_by: 'w',
  deleted_at: null,
  ...more,
})
const pages = (...lists: [Task[], string | null][]): Pages => ({
  pages: lists.map(([items, next_cursor]) => ({ items, next_cursor, revision: '1-x' })),
  pageParams: lists.map(() => null),
})
const ids = (list: Pages) => allTasks(list).map(({ id }) => id)
const change = (list: Pages, query: ListQuery, ...tasks: Task[]) => withTasks(list, new Map(tasks.map((item) => [item.id, item])), query, viewer)

describe('what belongs to a list', () => {
  it('follows status, with open as two of them', () => {
    expect(belongs(task('a', { status: 'in_progress' }), { status: 'open' }, viewer)).toBe(true)
    expect(belongs(task('a', { status: 'done' }), { status: 'open' }, viewer)).toBe(false)
    expect(belongs(task('a', { status: 'done' }), { status: 'done,cancelled' }, viewer)).toBe(true)
  })
  it('follows the reader’s day', () => {
    const late = task('a', { due: { datetime: '2026-11-24T20:00:00', timezone: 'America/New_York' } })
    expect(belongs(late, { due_before: '2026-11-25' }, viewer)).toBe(false)
    expect(belongs(late, { due_after: '2026-11-25' }, viewer)).toBe(true)
    expect(belongs(task('a'), { due_before: '2026-11-25' }, viewer)).toBe(false)
  })
  it('keeps trash apart', () => {
    const gone = task('a', { deleted_at: '2026-11-24T08:00:00.000Z' })
    expect(belongs(gone, {}, viewer)).toBe(false)
    expect(belongs(gone, { trashed: true }, viewer)).toBe(true)
  })
  it('leaves words to the server', () => {
    expect(belongs(task('a'), { q: 'rent' }, viewer)).toBeNull()
  })
})

describe('a list after a change', () => {
  const query: ListQuery = { status: 'open', sort: 'position' }
  it('takes a new task in where it sorts', () => {
    expect(ids(change(pages([[task('a'), task('c')], null]), query, task('b')))).toEqual(['a', 'b', 'c'])
  })
  it('lets a finished one go', () => {
    expect(ids(change(pages([[task('a'), task('b')], null]), query, task('a', { status: 'done' })))).toEqual(['b'])
  })
  it('keeps one in sight while it lingers', () => {
    const done = task('a', { status: 'done' })
    const list = withTasks(pages([[task('a'), task('b')], null]), new Map([['a', done]]), query, { ...viewer, lingering: new Set(['a']) })
    expect(allTasks(list)[0]).toBe(done)
    expect(ids(change(list, query, done))).toEqual(['b'])
  })
  it('moves one whose place changed, across pages', () => {
    const list = pages([[task('a'), task('b')], 'more'], [[task('c'), task('d')], null])
    expect(ids(change(list, query, task('a', { position: 'cc' })))).toEqual(['b', 'c', 'a', 'd'])
  })
  it('leaves what lies beyond the loaded pages to the paging', () => {
    expect(ids(change(pages([[task('a')], 'more']), query, task('z')))).toEqual(['a'])
  })
  it('is the very same when nothing in it changed', () => {
    const list = pages([[task('a')], null])
    expect(change(list, query, task('x', { status: 'done' }))).toBe(list)
  })
  it('keeps a found task in its place while words are searched', () => {
    const list = pages([[task('a'), task('b')], null])
    expect(ids(change(list, { q: 'x' }, task('a', { updated_at: '2027-01-01T00:00:00.000Z' })))).toEqual(['a', 'b'])
  })
  it('sorts those without a date last', () => {
    const list = pages([[task('a', { due: { date: '2026-11-30' } }), task('b')], null])
    expect(ids(change(list, { sort: 'due' }, task('c', { due: { date: '2026-12-30' } })))).toEqual(['a', 'c', 'b'])
  })
})
