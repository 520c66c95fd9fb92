'use client'

import { Pencil, Trash2 } from 'lucide-react'
import type { Label, Project } from '@/api/types'
import { useMessages } from '@/ui/messages'
import { Dot } from '../marks'
import { type Named, useRemoveNamed } from '../named/use-named'
import { openOverlay } from '../overlays'
import { useLabels, useProjects } from '../workspace'
import type { Command } from './command'

/** What can be done to a project or a label, wherever one is. */
export function useNamedCommands(): Command[] {
  const removeProject = useRemoveNamed('projects')
  const removeLabel = useRemoveNamed('labels')
  const projects = useOf('projects', useProjects(), removeProject)
  const labels = useOf('labels', useLabels(), removeLabel)
  return [...projects, ...labels]
}

function useOf(what: Named, items: readonly (Project | Label)[], remove: (item: Project | Label) => void): Command[] {
  const { [what]: words, palette } = useMessages()
  if (items.length === 0) return []
  const group = words.title
  const each = (verb: string, run: (item: Project | Label) => void): Command[] =>
    items.map((item) => ({ id: `${verb}:${item.id}`, name: item.name, group, mark: <Dot color={item.color} square={what === 'projects'} />, run: () => run(item) }))
  const edit = each('edit', ({ id }) => openOverlay({ type: 'named', what, id }))
  return [
    { id: `edit-${what}`, name: palette.editNamed[what], group, Icon: Pencil, page: { title: words.edit, commands: edit } },
    { id: `delete-${what}`, name: palette.deleteNamed[what], group, Icon: Trash2, page: { title: palette.deleteNamed[what], commands: each('delete', remove) } },
  ]
}
