'use client'

import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { Pencil } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useEffect, useMemo, useState } from 'react'
import type { Label, Project } from '@/api/types'
import { Button, IconButton } from '@/ui/button'
import { Empty } from '@/ui/empty'
import { explain } from '@/ui/explain'
import { useMessages } from '@/ui/messages'
import { Skeleton } from '@/ui/page'
import { ListScreen } from '../list/screen'
import { Dot } from '../marks'
import { openOverlay } from '../overlays'
import { useRouteId } from '../panel/address'
import { labelsOptions, projectsOptions } from '../queries'
import type { Named } from './use-named'

/** The id in the address; while a task covers it, the one that was there. */
function useKeptId(section: string): string | null {
  const id = useRouteId(section)
  const [kept, setKept] = useState(id)
  if (id && id !== kept) setKept(id)
  return id ?? kept
}

export function ProjectScreen() {
  return <Screen what="projects" id={useKeptId('project')} items={useQuery(projectsOptions)} />
}

export function LabelScreen() {
  return <Screen what="labels" id={useKeptId('label')} items={useQuery(labelsOptions)} />
}

interface ScreenProps {
  what: Named
  id: string | null
  items: UseQueryResult<Project[]> | UseQueryResult<Label[]>
}

function Screen({ what, id, items }: ScreenProps) {
  const messages = useMessages()
  const { [what]: words, views, shell, product } = messages
  const router = useRouter()
  const kind = what === 'projects' ? 'project' : 'label'
  const view = useMemo(() => ({ kind, id: id ?? '' }) as const, [kind, id])
  const item = items.data?.find((other) => other.id === id)
  const name = item?.name
  useEffect(() => {
    if (name) document.title = `${name} · ${product}`
  }, [name, product])
  if (!id || items.isPending)
    return (
      <div className="mx-auto max-w-4xl px-4 pt-24 sm:px-8">
        <Skeleton />
      </div>
    )
  if (!items.data)
    return (
      <Empty alone title={views.failed} text={explain(items.error, messages)}>
        <Button onClick={() => void items.refetch()}>{shell.retry}</Button>
      </Empty>
    )
  if (!item)
    return (
      <Empty alone title={words.missing} text={words.missingText}>
        <Button onClick={() => router.push(`/${what}`)}>{words.title}</Button>
      </Empty>
    )
  const actions = (
    <IconButton label={words.editNamed(item.name)} onClick={() => openOverlay({ type: 'named', what, id })}>
      <Pencil size={16} aria-hidden />
    </IconButton>
  )
  return <ListScreen key={id} view={view} title={item.name} mark={<Dot color={item.color} square={what === 'projects'} size="size-3.5" />} actions={actions} />
}
