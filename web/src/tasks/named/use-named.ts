'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import type { Label, Project } from '@/api/types'
import { useLabels, useProjects, useWorkspace } from '../workspace'

export type Named = 'projects' | 'labels'

interface Value {
  name: string
  color: string | null
}

export function namedPath(what: Named, id: string): string {
  return what === 'projects' ? `/project/${id}` : `/label/${id}`
}

/** To the trash; whoever is on its page goes to where the others are. */
export function useRemoveNamed(what: Named): (item: Project | Label) => void {
  const { actions } = useWorkspace()
  const router = useRouter()
  return (item) => {
    if (location.pathname === namedPath(what, item.id)) router.push(`/${what}`)
    if (what === 'projects') actions.removeProject(item as Project)
    else actions.removeLabel(item)
  }
}

/** One project or label and what can be done to it; without an id, one to be made. */
export function useNamed(what: Named, id: string | null) {
  const { actions } = useWorkspace()
  const projects = useProjects()
  const labels = useLabels()
  const found = (what === 'projects' ? projects : labels).find((item) => item.id === id)
  // Somebody may delete it meanwhile: what is typed is not lost by that.
  const [kept, setKept] = useState(found)
  if (found && found !== kept) setKept(found)
  const item = found ?? kept
  const save = (value: Value): Promise<unknown> => {
    if (what === 'projects') return item ? actions.editProject(item as Project, value) : actions.makeProject(value, { strict: true })
    return item ? actions.editLabel(item, value) : actions.makeLabel(value, { strict: true })
  }
  return { item, save, remove: useRemoveNamed(what) }
}
