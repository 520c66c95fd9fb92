'use client'

import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { RotateCcw, Trash2 } from 'lucide-react'
import { type ReactNode, useCallback, useMemo, useRef, useState } from 'react'
import type { Label, Project, Task } from '@/api/types'
import { Button, IconButton } from '@/ui/button'
import { cx } from '@/ui/cx'
import { Empty } from '@/ui/empty'
import { explain } from '@/ui/explain'
import { later, openLater } from '@/ui/later'
import { useMessages } from '@/ui/messages'
import { PageHead, pageClass, Skeleton } from '@/ui/page'
import { useRowFocus } from '@/ui/row-focus'
import { allTasks, type ListQuery } from './lists'
import { Dot } from './marks'
import type { Command } from './palette/command'
import { useOffered } from './palette/surroundings'
import { listOptions, trashedLabelsOptions, trashedProjectsOptions } from './queries'
import { useShown } from './shell/shown'
import { useWorkspace } from './workspace'

const Confirm = later(() => import('@/ui/confirm').then((file) => file.Confirm))
const QUERY: ListQuery = { trashed: true, sort: '-updated_at' }
const STARTER = {}

interface Asked {
  title: string
  label: string
  run: () => void
}

interface Thing {
  kind: 'projects' | 'labels' | 'tasks'
  id: string
  name: string
  mark?: ReactNode
  restore: () => void
  purge?: () => void
}

/** What was deleted and can still come back. */
export function TrashScreen() {
  const messages = useMessages()
  const { trash: words, views, shell } = messages
  const { actions, readAt } = useWorkspace()
  const [asked, setAsked] = useState<Asked | null>(null)
  const ask = useCallback((next: Asked) => openLater(Confirm, () => setAsked(next)), [])
  const pages = useInfiniteQuery(listOptions(QUERY, readAt))
  const projects = useQuery(trashedProjectsOptions)
  const labels = useQuery(trashedLabelsOptions)
  const tasks = useMemo(() => allTasks(pages.data), [pages.data])
  useShown('/trash', STARTER)
  const things = useThings(projects.data, labels.data, tasks, ask)
  const list = useRef<HTMLDivElement>(null)
  useRowFocus(list, things)
  const parts = [pages, projects, labels]
  const failed = parts.find(({ isError, data }) => isError && data === undefined)
  const nothing = things.length === 0 && !pages.hasNextPage
  const empty = useCallback(() => ask({ title: words.emptyConfirm, label: words.empty, run: () => void actions.emptyTrash() }), [ask, actions, words])
  useOffered(useCommands(things, empty))
  return (
    <div className="h-full overflow-y-auto">
      <div className={cx(pageClass.plain, 'pb-28')}>
        <PageHead
          title={words.title}
          lead={words.lead}
          actions={
            !nothing && (
              <Button look="danger" size="sm" onClick={empty}>
                {words.empty}
              </Button>
            )
          }
        />
        {failed ? (
          <Empty title={views.failed} text={explain(failed.error, messages)}>
            <Button onClick={() => parts.forEach(({ isError, refetch }) => isError && void refetch())}>{shell.retry}</Button>
          </Empty>
        ) : parts.some(({ isPending }) => isPending) ? (
          <Skeleton />
        ) : nothing ? (
          <Empty {...views.empty.trash} />
        ) : (
          <div ref={list}>
            {(['projects', 'labels', 'tasks'] as const).map((kind) => (
              <Section key={kind} name={words[kind]} things={things.filter((thing) => thing.kind === kind)} />
            ))}
            {pages.hasNextPage && (
              <p className="py-4 text-center">
                <Button size="sm" disabled={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
                  {views.showMore}
                </Button>
              </p>
            )}
          </div>
        )}
      </div>
      {asked && <Confirm title={asked.title} text={words.emptyText} label={asked.label} run={asked.run} close={() => setAsked(null)} />}
    </div>
  )
}

/** Everything that is in the trash, and what can be done to it. */
function useThings(projects: readonly Project[] | undefined, labels: readonly Label[] | undefined, tasks: readonly Task[], ask: (asked: Asked) => void): Thing[] {
  const { trash: words } = useMessages()
  const { actions } = useWorkspace()
  return useMemo(() => {
    const purge = (task: Task) => ask({ title: words.purgeConfirm(task.title), label: words.purge, run: () => void actions.purge(task) })
    return [
      ...(projects ?? []).map((item): Thing => ({ kind: 'projects', id: item.id, name: item.name, mark: <Dot color={item.color} square />, restore: () => void actions.restoreNamed('project', item) })),
      ...(labels ?? []).map((item): Thing => ({ kind: 'labels', id: item.id, name: item.name, mark: <Dot color={item.color} />, restore: () => void actions.restoreNamed('label', item) })),
      ...tasks.map((task): Thing => ({ kind: 'tasks', id: task.id, name: task.title, restore: () => actions.restore(task), purge: () => purge(task) })),
    ]
  }, [projects, labels, tasks, ask, words, actions])
}

/** For the palette. */
function useCommands(things: readonly Thing[], empty: () => void): Command[] {
  const { trash: words } = useMessages()
  return useMemo(() => {
    if (things.length === 0) return []
    const group = words.title
    const each = (verb: string, some: readonly Thing[], run: (thing: Thing) => void) => some.map((thing) => ({ id: `${verb}:${thing.id}`, name: thing.name, group, mark: thing.mark, run: () => run(thing) }))
    const purgeable = things.filter(({ purge }) => purge)
    return [
      { id: 'restore', name: words.restore, group, Icon: RotateCcw, page: { title: words.restore, commands: each('restore', things, ({ restore }) => restore()) } },
      ...(purgeable.length > 0 ? [{ id: 'purge', name: words.purge, group, Icon: Trash2, page: { title: words.purge, commands: each('purge', purgeable, ({ purge }) => purge?.()) } }] : []),
      { id: 'empty-trash', name: words.empty, group, Icon: Trash2, run: empty },
    ]
  }, [things, empty, words])
}

function Section({ name, things }: { name: string; things: readonly Thing[] }) {
  if (things.length === 0) return null
  return (
    <section aria-label={name} className="mb-6">
      <h2 className="mb-1 px-2 text-sm font-semibold text-faint">{name}</h2>
      <ul>
        {things.map((thing) => (
          <Line key={thing.id} {...thing} />
        ))}
      </ul>
    </section>
  )
}

function Line({ name, mark, restore, purge }: Thing) {
  const { trash: words } = useMessages()
  return (
    <li className="flex min-h-11 items-center gap-2.5 rounded-md px-2 py-1 hover:bg-hover">
      {mark}
      <span className="min-w-0 flex-1 break-words text-soft">{name}</span>
      <Button look="ghost" size="sm" className="pointer-coarse:h-11 pointer-coarse:min-w-11" aria-label={words.restoreNamed(name)} onClick={restore}>
        <RotateCcw size={15} aria-hidden />
        <span className="max-sm:hidden">{words.restore}</span>
      </Button>
      {purge && (
        <IconButton label={words.purgeNamed(name)} className="pointer-coarse:size-11" onClick={purge}>
          <Trash2 size={16} aria-hidden />
        </IconButton>
      )}
    </li>
  )
}
