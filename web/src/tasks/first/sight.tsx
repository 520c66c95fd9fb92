import { useDeferredValue, useEffect, useState } from 'react'
import { useMember } from '@/api/session'
import type { Label, Project, Task } from '@/api/types'
import type { RowHandlers } from '../list/row'
import { type FirstRead, firstRead } from './read'

/** What was read before the code was there, once it is known whose it is. */
export function useFirstRead(): FirstRead | null {
  const known = useMember() !== null
  const [read, setRead] = useState<FirstRead | null>(null)
  useEffect(() => void firstRead().then(setRead), [])
  // Deferred: drawn in small pieces, between which the browser can do other things.
  return useDeferredValue(known ? read : null)
}

/** What is done to a task that is only to be seen. */
export const NOTHING = () => undefined
export const ON: RowHandlers = { open: NOTHING, toggle: NOTHING, pick: NOTHING, edit: NOTHING, remove: NOTHING, select: NOTHING, focus: NOTHING, meant: () => [], href: () => '' }

export function namesOf(task: Task, { projects, labels }: FirstRead): { project: Project | null; labels: Label[] } {
  return { project: projects.find(({ id }) => id === task.project_id) ?? null, labels: task.label_ids.flatMap((label) => labels.find(({ id }) => id === label) ?? []) }
}
