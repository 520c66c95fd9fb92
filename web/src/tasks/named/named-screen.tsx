'use client'

import { useQuery } from '@tanstack/react-query'
import { Pencil } from 'lucide-react'
import dynamic from 'next/dynamic'
import { useRouter } from 'next/navigation'
import { useEffect, useMemo, useState } from 'react'
import { Button, IconButton } from '@/ui/button'
import { Empty } from '@/ui/empty'
import { useMessages } from '@/ui/messages'
import { Skeleton } from '../list/list'
import { ListScreen } from '../list/screen'
import { Dot } from '../marks'
import { useRouteId } from '../panel/address'
import { labelsOptions, projectsOptions } from '../queries'
import { useWorkspace } from '../workspace'

const NamedEditor = dynamic(() => import('./editor').then((file) => file.NamedEditor), { ssr: false })

/** The id in the address; while a task covers it, the one that was there. */
function useKeptId(section: string): string | null {
  const id = useRouteId(section)
  const [kept, setKept] = useState(id)
  if (id && id !== kept) setKept(id)
  return id ?? kept
}

export function ProjectScreen() {
  const id = useKeptId('project')
  const { actions } = useWorkspace()
  const { data } = useQuery(projectsOptions)
  const item = data?.find((project) => project.id === id)
  return (
    <Screen
      what="projects"
      id={id}
      known={data !== undefined}
      item={item}
      edit={(value) => actions.editProject(item!, value)}
      remove={() => actions.removeProject(item!)}
    />
  )
}

export function LabelScreen() {
  const id = useKeptId('label')
  const { actions } = useWorkspace()
  const { data } = useQuery(labelsOptions)
  const item = data?.find((label) => label.id === id)
  return (
    <Screen what="labels" id={id} known={data !== undefined} item={item} edit={(value) => actions.editLabel(item!, value)} remove={() => actions.removeLabel(item!)} />
  )
}

interface ScreenProps {
  what: 'projects' | 'labels'
  id: string | null
  known: boolean
  item: { name: string; color: string | null } | undefined
  edit: (value: { name: string; color: string | null }) => Promise<unknown>
  remove: () => void
}

function Screen({ what, id, known, item, edit, remove }: ScreenProps) {
  const messages = useMessages()
  const words = messages[what]
  const router = useRouter()
  const [editing, setEditing] = useState(false)
  const kind = what === 'projects' ? 'project' : 'label'
  const view = useMemo(() => ({ kind, id: id ?? '' }) as const, [kind, id])
  const name = item?.name
  useEffect(() => {
    if (name) document.title = `${name} · ${messages.product}`
  }, [name, messages])
  if (!id || !known)
    return (
      <div className="mx-auto max-w-4xl px-4 pt-24 sm:px-8">
        <Skeleton />
      </div>
    )
  if (!item)
    return (
      <Empty alone title={words.missing} text={words.missingText}>
        <Button onClick={() => router.push(`/${what}`)}>{words.title}</Button>
      </Empty>
    )
  const actions = (
    <IconButton label={words.editNamed(item.name)} onClick={() => setEditing(true)}>
      <Pencil size={16} aria-hidden />
    </IconButton>
  )
  return (
    <>
      <ListScreen key={id} view={view} title={item.name} mark={<Dot color={item.color} square={what === 'projects'} size="size-3.5" />} actions={actions} />
      {editing && (
        <NamedEditor
          what={what}
          value={item}
          save={edit}
          close={() => setEditing(false)}
          remove={() => {
            remove()
            router.push(`/${what}`)
          }}
        />
      )}
    </>
  )
}
