'use client'

import { Pencil, Plus } from 'lucide-react'
import dynamic from 'next/dynamic'
import { useState } from 'react'
import type { Label, Project } from '@/api/types'
import { Button, IconButton } from '@/ui/button'
import { Empty } from '@/ui/empty'
import { useMessages } from '@/ui/messages'
import { NavLink } from '@/ui/nav-link'
import { Dot } from '../marks'
import { useLabels, useProjects, useWorkspace } from '../workspace'

const NamedEditor = dynamic(() => import('./editor').then((file) => file.NamedEditor), { ssr: false })

export function ProjectsScreen() {
  const { actions } = useWorkspace()
  const items = useProjects()
  return (
    <Collection
      what="projects"
      items={items}
      pathOf={({ id }) => `/project/${id}`}
      make={(value) => actions.makeProject(value, { strict: true })}
      edit={(item, value) => actions.editProject(item, value)}
      remove={(item) => actions.removeProject(item)}
    />
  )
}

export function LabelsScreen() {
  const { actions } = useWorkspace()
  const items = useLabels()
  return (
    <Collection
      what="labels"
      items={items}
      pathOf={({ id }) => `/label/${id}`}
      make={(value) => actions.makeLabel(value, { strict: true })}
      edit={(item, value) => actions.editLabel(item, value)}
      remove={(item) => actions.removeLabel(item)}
    />
  )
}

interface CollectionProps<D extends Project | Label> {
  what: 'projects' | 'labels'
  items: readonly D[]
  pathOf: (item: D) => string
  make: (value: { name: string; color: string | null }) => Promise<unknown>
  edit: (item: D, value: { name: string; color: string | null }) => Promise<unknown>
  remove: (item: D) => void
}

const asked = () => typeof location !== 'undefined' && new URLSearchParams(location.search).has('new')

/** All projects, or all labels: to go to, to make, to change. */
function Collection<D extends Project | Label>({ what, items, pathOf, make, edit, remove }: CollectionProps<D>) {
  const messages = useMessages()
  const words = messages[what]
  const [editing, setEditing] = useState<D | 'new' | null>(asked() ? 'new' : null)
  const close = () => {
    setEditing(null)
    if (asked()) history.replaceState(null, '', location.pathname)
  }
  const add = () => setEditing('new')
  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto max-w-4xl px-4 pt-6 pb-28 sm:px-8 md:pt-10">
        <header className="mb-4 flex items-center justify-between gap-3">
          <h1 className="text-xl font-semibold tracking-tight">{words.title}</h1>
          <Button size="sm" onClick={add}>
            <Plus size={16} aria-hidden />
            {words.new}
          </Button>
        </header>
        {items.length === 0 ? (
          <Empty {...words.empty}>
            <Button look="primary" onClick={add}>
              {words.new}
            </Button>
          </Empty>
        ) : (
          <ul>
            {items.map((item) => (
              <li key={item.id} className="group relative flex h-12 items-center gap-3 rounded-md border-b border-line px-2 last:border-0 hover:bg-hover">
                <Dot color={item.color} square={what === 'projects'} size="size-3" />
                <NavLink href={pathOf(item)} className="min-w-0 flex-1 truncate after:absolute after:inset-0">
                  {item.name}
                </NavLink>
                <IconButton label={words.editNamed(item.name)} className="relative z-1" onClick={() => setEditing(item)}>
                  <Pencil size={16} aria-hidden />
                </IconButton>
              </li>
            ))}
          </ul>
        )}
      </div>
      {editing && (
        <NamedEditor
          what={what}
          value={editing === 'new' ? null : editing}
          save={(value) => (editing === 'new' ? make(value) : edit(editing, value))}
          close={close}
          remove={editing === 'new' ? undefined : () => (remove(editing), close())}
        />
      )}
    </div>
  )
}
