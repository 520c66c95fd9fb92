'use client'

import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { History, RotateCcw } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { api, body } from '@/api/client'
import { useUser } from '@/api/session'
import type { Change, Priority, Status, Task, TaskPatch, When } from '@/api/types'
import { Button } from '@/ui/button'
import { explain } from '@/ui/explain'
import { useMessages } from '@/ui/messages'
import { sayWhen } from '../dates'
import { useReader } from '../reader'
import { useLabels, useProjects, useWorkspace } from '../workspace'
import { difference, type Entry, entriesOf, type Line, patchOf } from './history'

const PAGE = 50

/** Everything that became of a task, newest first, with a way back to how a part of it was. */
export default function HistoryList({ task }: { task: Task }) {
  const messages = useMessages()
  const { history: words, shell, views } = messages
  const pages = useInfiniteQuery({
    // A new version has a longer history: that is all there is to keep up with.
    queryKey: ['history', task.id, task.version],
    queryFn: async ({ pageParam, signal }) => {
      const query = { limit: PAGE, before: pageParam ?? undefined }
      return body(api.GET('/api/tasks/{id}/changes', { params: { path: { id: task.id }, query }, signal }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  })
  if (pages.isPending) return <p className="py-2 text-sm text-faint">{shell.loading}</p>
  if (pages.isError)
    return (
      <p className="flex items-center gap-3 py-2 text-sm text-soft">
        {explain(pages.error, messages)}
        <Button size="sm" onClick={() => void pages.refetch()}>
          {shell.retry}
        </Button>
      </p>
    )
  const entries = entriesOf(pages.data.pages.flatMap(({ items }) => items) as unknown as Change[], task)
  return (
    <>
      <ol aria-label={words.title} className="relative mt-1 before:absolute before:top-3 before:bottom-3 before:left-[3.5px] before:w-px before:bg-line">
        {entries.map((entry, index) => (
          <Told key={`${entry.key}:${index}`} entry={entry} task={task} />
        ))}
      </ol>
      {pages.hasNextPage && (
        <Button size="sm" className="mt-2" disabled={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          {views.showMore}
        </Button>
      )}
    </>
  )
}

function Told({ entry, task }: { entry: Entry; task: Task }) {
  const { history: words } = useMessages()
  const { actions } = useWorkspace()
  const { id } = useUser()
  const { zone, locale } = useReader()
  const who = entry.by === id ? words.you : words.someone
  const at = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: zone }).format(Date.parse(entry.at))
  const version = usePossible(entry.version)
  const whole = task.deleted_at === null && Object.keys(version).length > 0
  return (
    <li className="relative py-2 pl-6 text-sm before:absolute before:top-3.5 before:left-0 before:size-2 before:rounded-full before:bg-edge">
      <p className="flex flex-wrap items-baseline gap-x-2">
        <span className="text-soft">{words.what[entry.what](who)}</span>
        <time dateTime={entry.at} className="text-xs text-faint">
          {at}
        </time>
        {whole && (
          <button
            type="button"
            aria-label={words.restoreVersionOf(at)}
            onClick={() => actions.putBack(task, version, words.versionOf(at))}
            title={words.restoreVersion}
            className="-my-1 ml-auto flex h-7 shrink-0 items-center gap-1.5 self-center rounded-md px-2 pointer-coarse:-my-2.5 pointer-coarse:h-10 pointer-coarse:px-3 text-soft hover:bg-hover hover:text-ink"
          >
            <History size={14} aria-hidden />
            <span className="max-sm:hidden">{words.restoreVersion}</span>
          </button>
        )}
      </p>
      {entry.lines.map((line) => (
        <Changed key={line.field} line={line} task={task} at={at} />
      ))}
    </li>
  )
}

/** What of a version can be had again: projects and labels that are gone stay gone. */
function usePossible(version: TaskPatch): TaskPatch {
  const projects = useProjects()
  const labels = useLabels()
  const { project_id, label_ids, ...rest } = version
  return {
    ...rest,
    ...(project_id !== undefined && (project_id === null || projects.some(({ id }) => id === project_id)) && { project_id }),
    ...(label_ids && { label_ids: label_ids.filter((label) => labels.some(({ id }) => id === label)) }),
  }
}

function Changed({ line, task, at }: { line: Line; task: Task; at: string }) {
  const { history: words, panel, task: taskWords } = useMessages()
  const { actions } = useWorkspace()
  const [shown, setShown] = useState(false)
  const names = { title: taskWords.title, description: panel.description, status: taskWords.status, priority: taskWords.priority, start: taskWords.start, due: taskWords.due, project_id: taskWords.project, parent_id: panel.partOf, label_ids: taskWords.labels }
  const name = names[line.field]
  const long = line.field === 'description'
  const restore = () => actions.putBack(task, patchOf(line), name)
  return (
    <div className="mt-0.5">
      <p className="flex flex-wrap items-baseline gap-x-2 gap-y-0.5">
        <span className="text-faint">{name}</span>
        {long ? (
          <button type="button" aria-expanded={shown} onClick={() => setShown(!shown)} className="rounded-sm text-accent underline-offset-4 hover:underline">
            {shown ? words.hideText : words.showText}
          </button>
        ) : (
          <Values line={line} />
        )}
        {!line.current && task.deleted_at === null && (
          <button type="button" aria-label={words.restoreNamed(name, at)} onClick={restore} className="ml-auto flex h-7 shrink-0 items-center gap-1.5 rounded-md px-2 pointer-coarse:h-10 pointer-coarse:px-3 text-soft hover:bg-hover hover:text-ink">
            <RotateCcw size={14} aria-hidden />
            {words.restore}
          </button>
        )}
      </p>
      {long && shown && <pre className="mt-1.5 max-h-64 overflow-y-auto rounded-md border border-line bg-sunken px-3 py-2 font-sans text-sm break-words whitespace-pre-wrap">{String(line.after ?? '') || words.nothing}</pre>}
    </div>
  )
}

function Values({ line }: { line: Line }) {
  const { history: words } = useMessages()
  const say = useSay()
  if (line.field === 'label_ids') {
    const { added, removed } = difference(line.before, line.after)
    return (
      <>
        {added.map((id) => (
          <ins key={id} className="text-ink no-underline">
            + {say('label_ids', id)}
          </ins>
        ))}
        {removed.map((id) => (
          <del key={id} className="text-faint">
            {say('label_ids', id)}
          </del>
        ))}
      </>
    )
  }
  return (
    <>
      {line.before !== null && <del className="text-faint">{say(line.field, line.before)}</del>}
      {line.before !== null && <span className="sr-only">{words.to}</span>}
      <ins className="break-words text-ink no-underline">{say(line.field, line.after)}</ins>
    </>
  )
}

/** A field's value in the person's words. */
export function useSay(): (field: Line['field'], value: unknown) => ReactNode {
  const words = useMessages()
  const { edits } = useWorkspace()
  const { zone, locale } = useReader()
  const projects = useProjects()
  const labels = useLabels()
  return (field, value) => {
    if (field === 'project_id' && value === null) return words.task.noProject
    if (value === null || value === '') return words.history.nothing
    if (field === 'status') return words.status[value as Status]
    if (field === 'priority') return words.priority[value as Priority]
    if (field === 'due' || field === 'start') return sayWhen(value as When, zone, locale, words.days)
    if (field === 'project_id') return projects.find(({ id }) => id === value)?.name ?? words.history.gone
    if (field === 'label_ids') return labels.find(({ id }) => id === value)?.name ?? words.history.gone
    if (field === 'parent_id') return edits.find(String(value))?.title ?? words.task.subtask
    return String(value)
  }
}
