import { useSyncExternalStore } from 'react'
import type { Task } from '@/api/types'
import { keepDraft, readDraft } from '@/ui/draft'

type Field = 'title' | 'description'

/** A text that is being written over another: `base` is what was there when that began. */
export interface Draft {
  text: string
  base: string
}

/** What saves a text; `seen` is the task as its writer saw it. False when it was not saved. */
type Change = (id: string, patch: Partial<Pick<Task, Field>>, seen: Task) => Promise<boolean>

interface Saving {
  change: Change
  find: (id: string) => Task | undefined
}

const drafts = new Map<string, Draft | null>()
const sending = new Map<string, Promise<void>>()
const refused = new Map<string, string>()
const listeners = new Set<() => void>()

const nameOf = (id: string, field: Field) => `${id}:${field}`

/** Kept in the tab until the server has it, over a reload too. */
export function draftOf(id: string, field: Field): Draft | null {
  const name = nameOf(id, field)
  if (!drafts.has(name)) drafts.set(name, parsed(readDraft(name)))
  return drafts.get(name) ?? null
}

export function useDraft(id: string, field: Field): Draft | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => draftOf(id, field),
    () => null,
  )
}

/** Somebody looks at this text to change it: what they begin with is the base, unless they had begun before. */
export function beginDraft(id: string, field: Field, now: string): void {
  refused.delete(nameOf(id, field))
  if (!isWritten(draftOf(id, field))) become(id, field, { text: now, base: now })
}

export function write(id: string, field: Field, text: string, now: string): void {
  become(id, field, { text, base: draftOf(id, field)?.base ?? now })
}

/** Of two versions this text was chosen, knowing that one. */
export function rebase(id: string, field: Field, text: string, base: string): void {
  refused.delete(nameOf(id, field))
  become(id, field, { text, base })
}

export function dropDraft(id: string, field: Field): void {
  become(id, field, null)
}

/** Whoever wrote is done here: what they wrote is sent, and kept only as long as it is not saved. */
export async function leaveDraft(saving: Saving, id: string, field: Field): Promise<void> {
  if (field === 'title' && draftOf(id, field)?.text.trim() === '') dropDraft(id, field)
  await saveDraft(saving, id, field)
  if (!isWritten(draftOf(id, field))) dropDraft(id, field)
}

export function isWritten(draft: Draft | null): draft is Draft {
  return draft !== null && draft.text !== draft.base
}

/**
 * Sends what is written, one after the other: a second text never meets the first one as if it were somebody
 * else's. What was refused is not sent again until it is changed or begun anew: the person has been told.
 */
export function saveDraft(saving: Saving, id: string, field: Field): Promise<void> {
  const name = nameOf(id, field)
  const turn = (sending.get(name) ?? Promise.resolve()).then(() => sendDraft(saving, id, field))
  sending.set(name, turn)
  return turn.finally(() => sending.get(name) === turn && sending.delete(name))
}

async function sendDraft({ change, find }: Saving, id: string, field: Field): Promise<void> {
  const name = nameOf(id, field)
  const draft = draftOf(id, field)
  const task = find(id)
  if (!draft || !task) return
  const text = field === 'title' ? draft.text.replace(/\s+/g, ' ').trim() : draft.text
  if (text === draft.base) return become(id, field, { text, base: text })
  if ((field === 'title' && !text) || refused.get(name) === text) return
  if (!(await change(id, { [field]: text }, { ...task, [field]: draft.base }))) return void refused.set(name, text)
  const now = draftOf(id, field)
  if (now) become(id, field, { text: now.text === draft.text ? text : now.text, base: text })
}

function become(id: string, field: Field, draft: Draft | null): void {
  const name = nameOf(id, field)
  drafts.set(name, draft)
  keepDraft(name, isWritten(draft) ? JSON.stringify(draft) : '')
  for (const listener of listeners) listener()
}

function parsed(text: string): Draft | null {
  try {
    const draft = JSON.parse(text) as Partial<Draft> | null
    return typeof draft?.text === 'string' && typeof draft.base === 'string' ? { text: draft.text, base: draft.base } : null
  } catch {
    return null
  }
}
