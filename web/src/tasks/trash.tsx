'use client'

import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { RotateCcw, Trash2 } from 'lucide-react'
import dynamic from 'next/dynamic'
import { type ReactNode, useMemo, useState } from 'react'
import { Button, IconButton } from '@/ui/button'
import { Empty } from '@/ui/empty'
import { explain } from '@/ui/explain'
import { useMessages } from '@/ui/messages'
import { Skeleton } from './list/list'
import { allTasks, type ListQuery } from './lists'
import { Dot } from './marks'
import { listOptions, trashedLabelsOptions, trashedProjectsOptions } from './queries'
import { useShown } from './shell/shown'
import { useWorkspace } from './workspace'

const Confirm = dynamic(() => import('@/ui/confirm').then((file) => file.Confirm), { ssr: false })
const QUERY: ListQuery = { trashed: true, sort: '-updated_at' }
const STARTER = {}

interface Asked {
  title: string
  label: string
  run: () => void
}

/** What was deleted and can still come back. */
export function TrashScreen() {
  const messages = useMessages()
  const { trash: words, views, shell } = messages
  const { actions, readAt } = useWorkspace()
  const client = useQueryClient()
  const [asked, setAsked] = useState<Asked | null>(null)
  const pages = useInfiniteQuery(listOptions(QUERY, readAt))
  const projects = useQuery(trashedProjectsOptions).data ?? []
  const labels = useQuery(trashedLabelsOptions).data ?? []
  const tasks = useMemo(() => allTasks(pages.data), [pages.data])
  useShown('/trash', STARTER)
  const nothing = tasks.length + projects.length + labels.length === 0 && !pages.hasNextPage
  const reread = () => void client.invalidateQueries({ queryKey: ['trashed'] })
  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto max-w-4xl px-4 pt-6 pb-28 sm:px-8 md:pt-10">
        <header className="mb-4 flex items-start justify-between gap-3">
          <div>
            <h1 className="text-xl font-semibold tracking-tight">{words.title}</h1>
            <p className="text-sm text-faint">{words.lead}</p>
          </div>
          {!nothing && !pages.isPending && (
            <Button look="danger" size="sm" onClick={() => setAsked({ title: words.emptyConfirm, label: words.empty, run: () => void actions.emptyTrash() })}>
              {words.empty}
            </Button>
          )}
        </header>
        {pages.isPending ? (
          <Skeleton />
        ) : pages.isError ? (
          <Empty title={views.failed} text={explain(pages.error, messages)}>
            <Button onClick={() => void pages.refetch()}>{shell.retry}</Button>
          </Empty>
        ) : nothing ? (
          <Empty {...views.empty.trash} />
        ) : (
          <>
            <Section name={words.projects} show={projects.length > 0}>
              {projects.map((project) => (
                <Line key={project.id} name={project.name} mark={<Dot color={project.color} square />} restore={() => void actions.restoreNamed('project', project).then(reread)} />
              ))}
            </Section>
            <Section name={words.labels} show={labels.length > 0}>
              {labels.map((label) => (
                <Line key={label.id} name={label.name} mark={<Dot color={label.color} />} restore={() => void actions.restoreNamed('label', label).then(reread)} />
              ))}
            </Section>
            <Section name={words.tasks} show={tasks.length > 0}>
              {tasks.map((task) => (
                <Line
                  key={task.id}
                  name={task.title}
                  restore={() => actions.restore(task)}
                  purge={() => setAsked({ title: words.purgeConfirm(task.title), label: words.purge, run: () => void actions.purge(task) })}
                />
              ))}
            </Section>
            {pages.hasNextPage && (
              <p className="py-4 text-center">
                <Button size="sm" disabled={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
                  {views.showMore}
                </Button>
              </p>
            )}
          </>
        )}
      </div>
      {asked && <Confirm title={asked.title} text={words.emptyText} label={asked.label} run={asked.run} close={() => setAsked(null)} />}
    </div>
  )
}

function Section({ name, show, children }: { name: string; show: boolean; children: ReactNode }) {
  if (!show) return null
  return (
    <section aria-label={name} className="mb-6">
      <h2 className="mb-1 px-2 text-sm font-semibold text-faint">{name}</h2>
      <ul>{children}</ul>
    </section>
  )
}

function Line({ name, mark, restore, purge }: { name: string; mark?: ReactNode; restore: () => void; purge?: () => void }) {
  const { trash: words } = useMessages()
  return (
    <li className="flex min-h-11 items-center gap-2.5 rounded-md px-2 py-1 hover:bg-hover">
      {mark}
      <span className="min-w-0 flex-1 break-words text-soft">{name}</span>
      <Button look="ghost" size="sm" aria-label={words.restoreNamed(name)} onClick={restore}>
        <RotateCcw size={15} aria-hidden />
        <span className="max-sm:hidden">{words.restore}</span>
      </Button>
      {purge && (
        <IconButton label={words.purgeNamed(name)} onClick={purge}>
          <Trash2 size={16} aria-hidden />
        </IconButton>
      )}
    </li>
  )
}
