import { describe, expect, it } from 'vitest'
import { filtersIn, queryOf, searchOf, toggled } from './views'

const filters = (search: string) => filtersIn(new URLSearchParams(search))

describe('a filter', () => {
  it('takes several values of a status or a priority, and lets each go again', () => {
    expect(toggled(filters('priority=high'), 'priority', 'urgent')).toBe('high,urgent')
    expect(toggled(filters('priority=high,urgent'), 'priority', 'high')).toBe('urgent')
    expect(toggled(filters('priority=high'), 'priority', 'high')).toBe('')
  })
  it('is any status or some, not both', () => {
    expect(toggled(filters('status=done,todo'), 'status', 'any')).toBe('any')
    expect(toggled(filters('status=any'), 'status', 'done')).toBe('done')
  })
  it('takes one project only, or none', () => {
    expect(toggled(filters('project=p1'), 'project', 'none')).toBe('none')
    expect(queryOf({ kind: 'all' }, filters('project=none'), '2026-11-24').project_id).toBe('none')
  })
  it('reads well in the address', () => {
    expect(searchOf(filters('priority=high%2Curgent'))).toBe('?priority=high,urgent')
  })
})
