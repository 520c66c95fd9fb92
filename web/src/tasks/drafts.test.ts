import { describe, expect, it } from 'vitest'
import type { Task } from '@/api/types'
import { beginDraft, draftOf, dropDraft, isWritten, leaveDraft, rebase, saveDraft, write } from './drafts'

const serial = { last: 0 }

/** A task on a server that refuses what was written over a text that is not the one it has. */
function kept(description: string) {
  serial.last += 1
  const id = `t${serial.last}`
  const task = { id, title: 'Title', description } as Task
  const asked: string[] = []
  const gate = { open: Promise.resolve() }
  const change = async (_id: string, patch: Partial<Task>, seen: Task) => {
    await gate.open
    if ('description' in patch && seen.description !== task.description) {
      asked.push(String(patch.description))
      return false
    }
    Object.assign(task, patch)
    return true
  }
  return { id, task, asked, gate, saving: { change, find: () => ({ ...task }) } }
}

describe('a text that is being written', () => {
  it('is written over what was there when it was begun, not over what is there now', async () => {
    const { id, task, asked, saving } = kept('aunt')
    beginDraft(id, 'description', 'aunt')
    write(id, 'description', 'aunt, hello', 'aunt')
    task.description = 'uncle'
    await saveDraft(saving, id, 'description')
    expect(asked).toEqual(['aunt, hello'])
    expect(draftOf(id, 'description')).toEqual({ text: 'aunt, hello', base: 'aunt' })
  })
  it('asks again when it is begun again, and not before', async () => {
    const { id, task, asked, saving } = kept('aunt')
    beginDraft(id, 'description', 'aunt')
    write(id, 'description', 'mine', 'aunt')
    task.description = 'uncle'
    await saveDraft(saving, id, 'description')
    await leaveDraft(saving, id, 'description')
    expect(asked).toHaveLength(1)
    beginDraft(id, 'description', 'uncle')
    await saveDraft(saving, id, 'description')
    expect(asked).toHaveLength(2)
    expect(task.description).toBe('uncle')
  })
  it('does not meet its own earlier part as if it were somebody else’s', async () => {
    const { id, task, asked, gate, saving } = kept('')
    const answer = { come: () => {} }
    gate.open = new Promise((resolve) => (answer.come = resolve))
    write(id, 'description', 'one', '')
    const first = saveDraft(saving, id, 'description')
    await Promise.resolve()
    write(id, 'description', 'one two', '')
    const second = saveDraft(saving, id, 'description')
    answer.come()
    await Promise.all([first, second])
    expect([asked, task.description]).toEqual([[], 'one two'])
  })
  it('is kept while it is being written and gone once it is saved and left', async () => {
    const { id, task, saving } = kept('')
    beginDraft(id, 'description', '')
    write(id, 'description', 'one', '')
    await saveDraft(saving, id, 'description')
    expect(draftOf(id, 'description')).toEqual({ text: 'one', base: 'one' })
    write(id, 'description', '', task.description)
    await leaveDraft(saving, id, 'description')
    expect([draftOf(id, 'description'), task.description]).toEqual([null, ''])
  })
  it('goes through once one of two versions was chosen, knowing the other', async () => {
    const { id, task, saving } = kept('uncle')
    write(id, 'description', 'aunt', '')
    await saveDraft(saving, id, 'description')
    rebase(id, 'description', 'aunt and uncle', 'uncle')
    await leaveDraft(saving, id, 'description')
    expect([draftOf(id, 'description'), task.description]).toEqual([null, 'aunt and uncle'])
  })
})

describe('a title that is being written', () => {
  it('is saved on one line without what is around it', async () => {
    const { id, task, saving } = kept('')
    write(id, 'title', '  Two\n words ', 'Title')
    await leaveDraft(saving, id, 'title')
    expect([task.title, draftOf(id, 'title')]).toEqual(['Two words', null])
  })
  it('goes back to what it was when it is left empty', async () => {
    const { id, task, saving } = kept('')
    write(id, 'title', ' ', 'Title')
    await saveDraft(saving, id, 'title')
    expect(isWritten(draftOf(id, 'title'))).toBe(true)
    await leaveDraft(saving, id, 'title')
    expect([task.title, draftOf(id, 'title')]).toEqual(['Title', null])
  })
  it('can be thrown away', async () => {
    const { id, task, saving } = kept('')
    write(id, 'title', 'Not this', 'Title')
    dropDraft(id, 'title')
    await leaveDraft(saving, id, 'title')
    expect(task.title).toBe('Title')
  })
})
