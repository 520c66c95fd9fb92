'use client'

import { useQuery } from '@tanstack/react-query'
import { Inbox } from 'lucide-react'
import { type ReactNode, useCallback, useMemo } from 'react'
import type { Priority, Stats, Status } from '@/api/types'
import { useMessages } from '@/ui/messages'
import { Dot, PriorityMark, STATUS_MARKS } from '../marks'
import { statsOf } from '../queries'
import { type Filters, isNarrowed, type View } from '../views'
import { useProjects } from '../workspace'
import { type Column, groupingOf } from './columns'

/** What a column or group is called, and its mark. */
export function useColumnNames(view: View, filters: Filters): (column: Column) => { name: string; mark: ReactNode } {
  const words = useMessages()
  const projects = useProjects()
  const grouping = groupingOf(view, filters)
  return useCallback(
    ({ value }: Column) => {
      if (grouping === 'status') return { name: words.status[value as Status], mark: STATUS_MARKS[value as Status] }
      if (grouping === 'priority') return { name: words.priority[value as Priority], mark: <PriorityMark priority={value as Priority} /> }
      const project = projects.find(({ id }) => id === value)
      if (!project) return { name: words.task.noProject, mark: <Inbox size={16} aria-hidden className="text-faint" /> }
      return { name: project.name, mark: <Dot color={project.color} square /> }
    },
    [grouping, projects, words],
  )
}

/** What the server has counted, where a board or a grouped list shows exactly that. */
export function useCounts(view: View, filters: Filters): ((column: Column) => number | null) | null {
  const grouping = groupingOf(view, filters)
  const exact = (view.kind === 'all' || view.kind === 'project') && !isNarrowed(filters) && (grouping === 'status' || grouping === 'priority')
  const { data } = useQuery({ ...statsOf(view.kind === 'project' ? view.id : null), enabled: exact })
  return useMemo(() => {
    if (!exact || !data) return null
    const counted: Stats['by_status'] = grouping === 'status' ? data.by_status : data.by_priority
    return ({ value }: Column) => counted[value] ?? null
  }, [exact, data, grouping])
}
