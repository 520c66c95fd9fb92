import { describe, expect, it } from 'vitest'
import type { Task } from '@/api/types'
import { filtersIn } from '../views'
import { changeFor, columnsOf, groupingOf } from './columns'

const DAY = '2026-11-24'
const projects = [{ id: 'p1' }, { id: 'p2' }]
const filters = (search: string) => filtersIn(new URLSearchParams(search))
const columns = (view: Parameters<typeof columnsOf>[0], search: string) => columnsOf(view, filters(`layout=board&${search}`), DAY, projects)

describe('a board', () => {
  it('has a column for every status, what is over by when it ended', () => {
    const all = columns({ kind: 'all' }, '')
    expect(all.map(({ value, query, manual }) => [value, query.sort, manual])).toEqual([
      ['todo', 'position', true],
      ['in_progress', 'position', true],
      ['done', '-completed_at', false],
      ['cancelled', '-updated_at', false],
    ])
  })
  it('keeps the view’s own bounds and the filters in each column', () => {
    const [first] = columns({ kind: 'project', id: 'p1' }, 'priority=high')
    expect(first?.query).toEqual({ project_id: 'p1', status: 'todo', priority: 'high', sort: 'position' })
    expect(first?.starter).toEqual({ project_id: 'p1', status: 'todo' })
  })
  it('shows only the columns that a filter leaves', () => {
    expect(columns({ kind: 'all' }, 'status=open').map(({ value }) => value)).toEqual(['todo', 'in_progress'])
    expect(columns({ kind: 'all' }, 'by=priority&priority=high,urgent').map(({ value }) => value)).toEqual(['urgent', 'high'])
    expect(columns({ kind: 'all' }, 'by=project&project=p2').map(({ value }) => value)).toEqual(['p2'])
  })
  it('by project begins with what has none, and shows open tasks', () => {
    const all = columns({ kind: 'today' }, 'by=project')
    expect(all.map(({ value }) => value)).toEqual(['none', 'p1', 'p2'])
    expect(all[1]?.query).toEqual({ due_before: '2026-11-25', status: 'open', project_id: 'p1', sort: 'position' })
    expect(all[0]?.patch).toEqual({ project_id: null })
  })
  it('never groups one project’s tasks by project', () => {
    expect(groupingOf({ kind: 'project', id: 'p1' }, filters('layout=board&by=project'))).toBe('status')
    expect(groupingOf({ kind: 'project', id: 'p1' }, filters('by=project'))).toBeNull()
  })
  it('has no order of one’s own while another is asked for, or words are searched', () => {
    expect(columns({ kind: 'all' }, 'sort=due').some(({ manual }) => manual)).toBe(false)
    expect(columns({ kind: 'all' }, 'q=rent').map(({ query }) => query.sort)).toEqual([undefined, undefined, undefined, undefined])
  })
  it('changes nothing about a card that stays in its column', () => {
    const [todo, doing] = columns({ kind: 'all' }, '')
    const task = { status: 'todo' } as Task
    expect(changeFor(task, todo!)).toBeNull()
    expect(changeFor(task, doing!)).toEqual({ status: 'in_progress' })
  })
})

describe('a list', () => {
  const groups = (search: string) => columnsOf({ kind: 'all' }, filters(search), DAY, projects)
  it('is one, with the order it always has', () => {
    expect(groups('').map(({ query }) => query)).toEqual([{ status: 'open', sort: '-created_at' }])
  })
  it('cut by status shows no more than it did as one', () => {
    expect(groups('by=status').map(({ value }) => value)).toEqual(['todo', 'in_progress'])
    expect(groups('by=status&status=done').map(({ value }) => value)).toEqual(['done'])
    expect(groups('by=status&status=any')).toHaveLength(4)
  })
})
