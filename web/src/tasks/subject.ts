'use client'

import { useEffect } from 'react'
import type { Task } from '@/api/types'

/** The tasks that keys and the palette mean: the one opened; else those selected, else the one with the cursor. */
export interface Subject {
  tasks: readonly Task[]
  edit: ((id: string) => void) | null
  select: ((id: string) => void) | null
}

/** A panel lies over the list it was opened from, whichever was drawn last. */
type Level = 'list' | 'panel'

const NOTHING: Subject = { tasks: [], edit: null, select: null }
const subjects: Record<Level, Subject[]> = { list: [], panel: [] }

export function useSubject(level: Level, tasks: readonly Task[], edit: Subject['edit'] = null, select: Subject['select'] = null): void {
  useEffect(() => {
    const mine = { tasks, edit, select }
    const same = subjects[level]
    same.push(mine)
    return () => void same.splice(same.indexOf(mine), 1)
  }, [level, tasks, edit, select])
}

export function currentSubject(): Subject {
  const meant = subjects.panel.length > 0 ? subjects.panel : subjects.list
  return meant.findLast(({ tasks }) => tasks.length > 0) ?? NOTHING
}
