'use client'

import { useMemo } from 'react'
import type { Label, Project, Task } from '@/api/types'
import { useLabels, useProjects } from '../workspace'

const NO_LABELS: readonly Label[] = []

/** Projects and labels as the tasks in sight need them. */
export function useNamed() {
  const projects = useProjects()
  const labels = useLabels()
  return useMemo(() => {
    const byId = new Map(labels.map((label) => [label.id, label]))
    const found = new WeakMap<readonly string[], readonly Label[]>()
    const labelsOf = (task: Task): readonly Label[] => {
      if (task.label_ids.length === 0) return NO_LABELS
      const known = found.get(task.label_ids) ?? task.label_ids.flatMap((id) => byId.get(id) ?? [])
      found.set(task.label_ids, known)
      return known
    }
    return { projects: new Map<string, Project>(projects.map((project) => [project.id, project])), labelsOf }
  }, [projects, labels])
}
