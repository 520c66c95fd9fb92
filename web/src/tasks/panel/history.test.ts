import { describe, expect, it } from 'vitest'
import type { Change, Task } from '@/api/types'
import { difference, entriesOf, patchOf } from './history'

const change = (version: number, op: Change['op'], fields: Change['fields']): Change =>
  ({ revision: `${version}-x`, group: null, at: '2026-11-24T10:00:00.000Z', by: 'me', kind: 'task', id: 't', op, version, fields }) as Change
const task = { title: 'Now', description: 'Second', status: 'todo', label_ids: ['a'] } as unknown as Task

describe('the history of a task', () => {
  it('leaves out what a person never set', () => {
    const [entry] = entriesOf([change(2, 'update', { status: ['done', 'todo'], completed_at: ['x', null], updated_at: ['x', 'y'] })], task)
    expect(entry?.lines.map(({ field }) => field)).toEqual(['status'])
  })
  it('knows which version is the one there is', () => {
    const [late, early] = entriesOf([change(3, 'update', { description: ['First', 'Second'] }), change(2, 'update', { description: ['', 'First'] })], task)
    expect(late?.lines[0]?.current).toBe(true)
    expect(early?.lines[0]?.current).toBe(false)
    expect(patchOf(early!.lines[0]!)).toEqual({ description: 'First' })
  })
  it('tells a move in the list by itself, and nothing of what only the machine touched', () => {
    const entries = entriesOf([change(3, 'update', { position: ['a', 'b'] }), change(2, 'update', { updated_at: ['x', 'y'] })], task)
    expect(entries.map(({ what }) => what)).toEqual(['placed'])
  })
  it('begins with the task being made, and what it was called then', () => {
    const [entry] = entriesOf([change(1, 'create', { title: [null, 'Then'], status: [null, 'todo'], description: [null, ''] })], task)
    expect(entry?.what).toBe('created')
    expect(entry?.lines.map(({ after }) => after)).toEqual(['Then', ''])
  })
  it('knows the task as a whole as it was then', () => {
    const changes = [
      change(4, 'update', { status: ['done', 'todo'] }),
      change(3, 'update', { description: ['First', 'Second'], position: ['a', 'b'] }),
      change(2, 'update', { title: ['Then', 'Now'], description: ['', 'First'] }),
      change(1, 'create', { title: [null, 'Then'], description: [null, ''], status: [null, 'todo'] }),
    ]
    expect(entriesOf(changes, task).map(({ version }) => version)).toEqual([
      {},
      { status: 'done' },
      { status: 'done', description: 'First' },
      { status: 'done', description: '', title: 'Then' },
    ])
  })
  it('takes along what a deletion changed', () => {
    const changes = [change(3, 'restore', { parent_id: ['p', null] }), change(2, 'update', { title: ['Then', 'Now'] })]
    expect(entriesOf(changes, { ...task, parent_id: null }).at(-1)?.version).toEqual({ parent_id: 'p' })
  })
  it('tells labels apart that came and that went', () => {
    expect(difference(['a', 'b'], ['b', 'c'])).toEqual({ added: ['c'], removed: ['a'] })
    expect(difference(null, ['c'])).toEqual({ added: ['c'], removed: [] })
  })
})
