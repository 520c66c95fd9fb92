'use client'

import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { Pencil, Plus } from 'lucide-react'
import { useRef } from 'react'
import type { Label, Project } from '@/api/types'
import { Button, IconButton } from '@/ui/button'
import { cx } from '@/ui/cx'
import { Empty } from '@/ui/empty'
import { explain } from '@/ui/explain'
import { useMessages } from '@/ui/messages'
import { NavLink } from '@/ui/nav-link'
import { PageHead, pageClass, Skeleton } from '@/ui/page'
import { useRowFocus } from '@/ui/row-focus'
import { Dot } from '../marks'
import { openOverlay } from '../overlays'
import { labelsOptions, projectsOptions } from '../queries'
import { type Named, namedPath } from './use-named'

export function ProjectsScreen() {
  return <Collection what="projects" items={useQuery(projectsOptions)} />
}

export function LabelsScreen() {
  return <Collection what="labels" items={useQuery(labelsOptions)} />
}

interface CollectionProps {
  what: Named
  items: UseQueryResult<Project[]> | UseQueryResult<Label[]>
}

/** All projects, or all labels: to go to, to make, to change. */
function Collection({ what, items }: CollectionProps) {
  const { [what]: words } = useMessages()
  const add = () => openOverlay({ type: 'named', what, id: null })
  return (
    <div className="h-full overflow-y-auto">
      <div className={cx(pageClass.plain, 'pb-28')}>
        <PageHead
          title={words.title}
          actions={
            Boolean(items.data?.length) && (
              <Button size="sm" onClick={add}>
                <Plus size={16} aria-hidden />
                {words.new}
              </Button>
            )
          }
        />
        <Items what={what} items={items} add={add} />
      </div>
    </div>
  )
}

function Items({ what, items, add }: CollectionProps & { add: () => void }) {
  const messages = useMessages()
  const { [what]: words, views, shell } = messages
  const list = useRef<HTMLUListElement>(null)
  useRowFocus(list, items.data)
  if (items.isPending) return <Skeleton />
  if (!items.data)
    return (
      <Empty title={views.failed} text={explain(items.error, messages)}>
        <Button onClick={() => void items.refetch()}>{shell.retry}</Button>
      </Empty>
    )
  if (items.data.length === 0)
    return (
      <Empty {...words.empty}>
        <Button look="primary" onClick={add}>
          <Plus size={16} aria-hidden />
          {words.new}
        </Button>
      </Empty>
    )
  return (
    <ul ref={list}>
      {items.data.map(({ id, name, color }) => (
        <li key={id} className="group relative flex h-12 items-center gap-3 rounded-md border-b border-line px-2 last:border-0 hover:bg-hover">
          <Dot color={color} square={what === 'projects'} size="size-3" />
          <NavLink href={namedPath(what, id)} className="min-w-0 flex-1 truncate after:absolute after:inset-0">
            {name}
          </NavLink>
          <IconButton label={words.editNamed(name)} className="relative z-1 pointer-coarse:size-11" onClick={() => openOverlay({ type: 'named', what, id })}>
            <Pencil size={16} aria-hidden />
          </IconButton>
        </li>
      ))}
    </ul>
  )
}
