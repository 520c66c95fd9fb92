'use client'

import { useEffect } from 'react'
import type { Task } from '@/api/types'

/** The tasks that keys and the palette mean: those selected, else the one with the cursor. */
interface Subject {
  tasks: readonly Task[]
  edit: ((id: string) => void) | null
  select: ((id: string) => void) | null
}

const NOTHING: Subject = { tasks: [], edit: null, select: null }
const stack: Subject[] = []

/** What is mounted last is meant: a panel over the list it was opened from. */
export function useSubject(tasks: readonly Task[], edit: Subject['edit'] = null, select: Subject['select'] = null): void {
  useEffect(() => {
    const mine = { tasks, edit, select }
    stack.push(mine)
    return () => void stack.splice(stack.indexOf(mine), 1)
  }, [tasks, edit, select])
}

export function currentSubject(): Subject {
  return stack.findLast(({ tasks }) => tasks.length > 0) ?? NOTHING
}
