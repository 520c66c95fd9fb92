import { describe, expect, it } from 'vitest'
import type { Task } from '@/api/types'
import { columnsOf } from '../board/columns'
import { filtersIn } from '../views'
import { daysOf, groupsOf, itemsOf, type Read, type Section, spotAt, stepFrom } from './sections'

const DAY = '2026-11-24'
const ZONE = 'Europe/Berlin'
const NONE: ReadonlySet<string> = new Set()
const task = (id: string, more: Partial<Task> = {}) => ({ id, due: null, status: 'todo', priority: 'none', project_id: null, ...more }) as Task
const read = (tasks: Task[], more = false): Read => ({ tasks, more, state: 'read' })
const columns = (search: string) => columnsOf({ kind: 'inbox' }, filtersIn(new URLSearchParams(search)), DAY, [])
const byStatus = (todo: Read, doing: Read, shut = NONE) => groupsOf(columns('by=status'), [todo, doing], shut)
const shape = (sections: Section[], reads: Read[]) => itemsOf(sections, reads).map(({ type, key }) => (type === 'task' ? key : type))

describe('a list in sections', () => {
  it('is one without a heading, or one for each group', () => {
    const tasks = read([task('a'), task('b')])
    expect(shape(groupsOf(columns(''), [tasks], NONE), [tasks])).toEqual(['a', 'b'])
    expect(shape(byStatus(tasks, read([])), [tasks, read([])])).toEqual(['heading', 'a', 'b', 'heading'])
  })
  it('shows nothing of what is folded away, and says where something is still to come', () => {
    const tasks = read([task('a')])
    const waiting: Read = { tasks: [], more: false, state: 'waiting' }
    expect(shape(byStatus(tasks, waiting, new Set(['status:todo'])), [tasks, waiting])).toEqual(['heading', 'heading', 'waiting'])
  })
  it('offers another try only where there is more to fetch', () => {
    const failed: Read = { tasks: [task('a')], more: true, state: 'failed' }
    expect(shape(byStatus(failed, read([])), [failed, read([])])).toEqual(['heading', 'a', 'failed', 'heading'])
  })
})

describe('a list by days', () => {
  const tasks = [task('late', { due: { date: '2026-11-20' } }), task('a', { due: { date: DAY } }), task('b', { due: { datetime: '2026-11-25T09:00:00', timezone: ZONE } })]
  const [late, today, tomorrow] = daysOf(columns('sort=due')[0]!, read(tasks, true), DAY, ZONE, NONE)
  it('has a section for what is overdue and for each day', () => {
    expect([late, today, tomorrow].map((section) => section?.day)).toEqual(['overdue', DAY, '2026-11-25'])
    expect([late, today, tomorrow].map((section) => section?.more)).toEqual([false, false, true])
  })
  it('moves a task to the day it is put under, at the time it had', () => {
    expect(today?.change(tasks[2]!)).toEqual({ due: { datetime: '2026-11-24T09:00:00', timezone: ZONE } })
    expect(tomorrow?.change(tasks[0]!)).toEqual({ due: { date: '2026-11-25' } })
    expect(today?.change(tasks[1]!)).toBeNull()
  })
  it('takes nothing as overdue', () => {
    expect(spotAt([late!], { type: 'heading', key: '', section: 0 }, true)).toBeNull()
  })
})

describe('one step of a key', () => {
  const sections = byStatus(read([task('a'), task('b'), task('c')]), read([task('d')]))
  const step = (from: number, ids: string, down: boolean, among = sections) => stepFrom(among, from, new Set(ids), down)
  it('goes past one neighbour', () => {
    expect(step(0, 'a', true)).toEqual({ section: 0, index: 2 })
    expect(step(0, 'b', false)).toEqual({ section: 0, index: 0 })
  })
  it('takes several past what is next to all of them', () => {
    expect(step(0, 'ab', true)).toEqual({ section: 0, index: 3 })
    expect(step(0, 'bc', false)).toEqual({ section: 0, index: 0 })
  })
  it('goes on in the next section, and stops at the ends', () => {
    expect(step(0, 'c', true)).toEqual({ section: 1, index: 0 })
    expect(step(1, 'd', false)).toEqual({ section: 0, index: 3 })
    expect(step(0, 'a', false)).toBeNull()
    expect(step(1, 'd', true)).toBeNull()
  })
  it('waits where more of the section is to come', () => {
    expect(step(0, 'a', true, byStatus(read([task('a')], true), read([])))).toBeNull()
  })
})
