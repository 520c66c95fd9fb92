'use client'

import { notifyManager, QueryClient, QueryClientProvider, timeoutManager, useQueries, useQuery } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from 'react'
import { useIsUp } from '@/api/connection'
import { LiveFeed } from '@/api/live'
import { ApiError } from '@/api/problem'
import { useSession, useUser } from '@/api/session'
import type { Label, Project, Task, TaskPage } from '@/api/types'
import { languageOf, speak } from '@/ui/messages'
import { TaskActions } from './actions'
import { Capture } from './capture'
import { TaskEdits } from './edits'
import { keepFirstReads } from './first/keep'
import { currentFirstRead, dropFirstRead } from './first/read'
import { KeptQueries } from './kept'
import { sharingTimers } from './long-timers'
import { isList, keys, labelsOptions, projectsOptions, type ReadAt, taskOptions } from './queries'
import { useReader } from './reader'

interface Workspace {
  actions: TaskActions
  capture: Capture
  edits: TaskEdits
  readAt: ReadAt
}

// A change is drawn before the next key is heard, which may build on it.
notifyManager.setScheduler(queueMicrotask)
timeoutManager.setTimeoutProvider(sharingTimers())

const Context = createContext<Workspace | null>(null)
const FIVE_MINUTES = 300_000

/** The signed-in person's tasks: their cache, the door to change them, and the news from elsewhere. */
export function WorkspaceProvider({ children }: { children: ReactNode }) {
  const { id, timezone, locale: spoken } = useUser()
  const { day } = useReader()
  const [client] = useState(newClient)
  // Made once: a feed that is closed and opened again would miss what happens in between.
  const [{ feed, kept, workspace }] = useState(() => {
    const edits = new TaskEdits(client, timezone)
    const live = new LiveFeed(id, (happening) => edits.hear(happening))
    const readAt = (revision: string) => live.readAt(revision)
    fillIn(client, readAt)
    const actions = new TaskActions(edits, client)
    const capture = new Capture(id, client, edits, actions)
    return { feed: live, kept: new KeptQueries(id, client, timezone), workspace: { edits, readAt, actions, capture } }
  })
  useEffect(() => askAgain(client), [client])
  const { data: projects } = useQuery(projectsOptions, client)
  const { data: labels } = useQuery(labelsOptions, client)
  useEffect(() => void (projects && labels && keepFirstReads(day, timezone, projects, labels)), [day, timezone, projects, labels])
  useEffect(() => feed.open(), [feed])
  useEffect(() => kept.open(), [kept])
  useEffect(() => workspace.capture.open(), [workspace])
  useAskBeforeLeaving(workspace.edits)
  useWhatIsKept(client, kept, workspace.capture)
  useEffect(() => workspace.edits.readIn(timezone), [workspace, timezone])
  useEffect(() => void speak(languageOf([spoken])), [spoken])
  return (
    <QueryClientProvider client={client}>
      <Context value={workspace}>{children}</Context>
    </QueryClientProvider>
  )
}

/** What is still on its way would be lost with the page: the browser asks. What was captured is on the disk already. */
function useAskBeforeLeaving(edits: TaskEdits): void {
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => edits.isSaving && event.preventDefault()
    addEventListener('beforeunload', ask)
    return () => removeEventListener('beforeunload', ask)
  }, [edits])
}

/** What was read before the code was there. */
function fillIn(client: QueryClient, readAt: ReadAt): void {
  const read = currentFirstRead()
  if (!read) return
  for (const { key, data } of read.answers) {
    client.setQueryData(key, isList(key) ? { pages: [data], pageParams: [null] } : data, { updatedAt: read.at })
    if (isList(key)) readAt((data as TaskPage).revision)
  }
  client.setQueryData(keys.projects, [...read.projects])
  client.setQueryData(keys.labels, [...read.labels])
}

/** The names are those of the last time: they are asked for again, once what has them is drawn. */
function askAgain(client: QueryClient): void {
  if (!currentFirstRead()) return
  dropFirstRead()
  setTimeout(() => {
    for (const queryKey of [keys.projects, keys.labels]) void client.invalidateQueries({ queryKey })
  })
}

/** Without a connection: what was seen last. With it again: what waited goes out, and what is old is asked for. */
function useWhatIsKept(client: QueryClient, kept: KeptQueries, capture: Capture): void {
  const away = useIsAway()
  const wasAway = useRef(false)
  useEffect(() => {
    if (away) void kept.recall().then(capture.reshow)
    else if (wasAway.current) {
      void capture.outbox.flush()
      void client.refetchQueries({ type: 'active', predicate: (query) => query.state.status === 'error' || query.isStale() })
    }
    wasAway.current = away
  }, [away, client, kept, capture])
}

/** Nobody answers, or nobody could say yet who this is. */
export function useIsAway(): boolean {
  const up = useIsUp()
  const { state } = useSession()
  return !up || state === 'offline'
}

/** Fresh for five minutes: the live feed says sooner when something changed. */
function newClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: FIVE_MINUTES,
        gcTime: 2 * FIVE_MINUTES,
        networkMode: 'always',
        retry: (count, error) => count < 3 && error instanceof ApiError && error.passing,
        retryDelay: (count, error) => (error instanceof ApiError && error.retryAfter ? error.retryAfter * 1000 : 500 * 2 ** count),
      },
    },
  })
}

export function useWorkspace(): Workspace {
  const workspace = useContext(Context)
  if (!workspace) throw new Error('useWorkspace needs a WorkspaceProvider above')
  return workspace
}

const NO_PROJECTS: readonly Project[] = []
const NO_LABELS: readonly Label[] = []

/** Live projects in their order. */
export function useProjects(): readonly Project[] {
  return useQuery(projectsOptions).data ?? NO_PROJECTS
}

export function useLabels(): readonly Label[] {
  return useQuery(labelsOptions).data ?? NO_LABELS
}

/** Both have been read, or cannot be: what is drawn with their names does not move any more. */
export function useAreNamesRead(): boolean {
  const projects = useQuery(projectsOptions)
  const labels = useQuery(labelsOptions)
  return !projects.isPending && !labels.isPending
}

/** These tasks as they are shown, without asking for them. */
export function useKnown(ids: readonly string[]): Task[] {
  const { edits } = useWorkspace()
  useQueries({ queries: ids.map((id) => ({ ...taskOptions(id), enabled: false })) })
  return ids.flatMap((id) => edits.find(id) ?? [])
}
