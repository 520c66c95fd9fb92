'use client'

import type { Priority, Status } from '@/api/types'
import { useMessages } from '@/ui/messages'
import type { FilterName } from '../views'
import { useLabels, useProjects } from '../workspace'

/** A filter's value in the person's words. */
export function useFilterNames(): (name: FilterName, value: string) => string {
  const words = useMessages()
  const labels = useLabels()
  const projects = useProjects()
  const one = (name: FilterName, value: string) => {
    if (name === 'status') return value === 'any' ? words.toolbar.anyStatus : (words.status[value as Status] ?? value)
    if (name === 'priority') return words.priority[value as Priority] ?? value
    if (name === 'due') return value === 'overdue' ? words.toolbar.dueOverdue : words.toolbar.dueWeek
    if (name === 'project' && value === 'none') return words.toolbar.noProject
    return (name === 'label' ? labels : projects).find(({ id }) => id === value)?.name ?? '…'
  }
  return (name, value) => value.split(',').map((part) => one(name, part)).join(', ')
}
