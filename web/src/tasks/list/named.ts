'use client'

import { useMemo } from 'react'
import type { Label, Project, Task } from '@/api/types'
import type { View } from '../views'
import { useLabels, useProjects } from '../workspace'

const NO_LABELS: readonly Label[] = []

/** Projects and labels as the tasks in sight need them: the one that is looked at is not said again with each. */
export function useNamed(view: View) {
  const projects = useProjects()
  const labels = useLabels()
  const said = view.kind === 'project' || view.kind === 'label' ? view.id : null
  return useMemo(() => {
    const others = <T extends { id: string }>(items: readonly T[]) => new Map(items.filter(({ id }) => id !== said).map((item) => [item.id, item]))
    const byId = others<Label>(labels)
    const found = new WeakMap<readonly string[], readonly Label[]>()
    const labelsOf = (task: Task): readonly Label[] => {
      if (task.label_ids.length === 0) return NO_LABELS
      const known = found.get(task.label_ids) ?? task.label_ids.flatMap((id) => byId.get(id) ?? [])
      found.set(task.label_ids, known)
      return known
    }
    return { projects: others<Project>(projects), labelsOf }
  }, [projects, labels, said])
}
