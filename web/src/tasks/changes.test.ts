import { QueryClient } from '@tanstack/react-query'
import { describe, expect, it } from 'vitest'
import type { Change, Task } from '@/api/types'
import { applyNamed, learn } from './changes'
import { keys } from './queries'

const change = (more: Partial<Change>): Change => ({
  revision: '2-x',
  group: null,
  at: '2026-11-24T10:00:00.000Z',
  by: 'me',
  kind: 'task',
  id: 't',
  op: 'update',
  version: 2,
  fields: {},
  ...more,
})
const known = { id: 't', version: 1, title: 'old', status: 'todo' } as Task

describe('learning from changes', () => {
  it('builds on what is known', () => {
    const { tasks } = learn([change({ fields: { title: ['old', 'new'] } }), change({ version: 3, fields: { status: ['todo', 'done'] } })], () => known)
    expect(tasks.get('t')).toMatchObject({ title: 'new', status: 'done', version: 3 })
  })
  it('ignores what it already knows', () => {
    expect(learn([change({ fields: { title: ['older', 'old'] } })], () => ({ ...known, version: 2 })).tasks.size).toBe(0)
  })
  it('asks when it missed one', () => {
    const learned = learn([change({ version: 5, fields: { title: ['x', 'y'] } })], () => known)
    expect([...learned.unknown]).toEqual(['t'])
    expect(learned.tasks.size).toBe(0)
  })
  it('asks about a task it never saw', () => {
    expect([...learn([change({})], () => undefined).unknown]).toEqual(['t'])
  })
  it('makes a created task whole', () => {
    const fields = { title: [null, 'Pay rent'], label_ids: [null, ['l']] } as Change['fields']
    expect(learn([change({ op: 'create', version: 1, fields })], () => undefined).tasks.get('t')).toMatchObject({ title: 'Pay rent', label_ids: ['l'], priority: 'none', version: 1 })
  })
  it('forgets what was deleted for good', () => {
    expect(learn([change({ op: 'purge' })], () => known).tasks.get('t')).toBeNull()
  })
})

describe('projects and labels', () => {
  it('are renamed, and leave when trashed', () => {
    const client = new QueryClient()
    client.setQueryData(keys.labels, [{ id: 'l', version: 1, name: 'bills' }, { id: 'm', version: 1, name: 'home' }])
    applyNamed(client, [change({ kind: 'label', id: 'l', fields: { name: ['bills', 'money'] } }), change({ kind: 'label', id: 'm', op: 'trash' })])
    expect(client.getQueryData(keys.labels)).toMatchObject([{ id: 'l', name: 'money', version: 2 }])
  })
})
