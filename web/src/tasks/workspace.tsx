'use client'

import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import { LiveFeed } from '@/api/live'
import { ApiError } from '@/api/problem'
import { useUser } from '@/api/session'
import type { Label, Project } from '@/api/types'
import { useMessages } from '@/ui/messages'
import { TaskActions } from './actions'
import { type Day, today } from './dates'
import { TaskEdits } from './edits'
import { labelsOptions, projectsOptions, type ReadAt } from './queries'

interface Workspace {
  actions: TaskActions
  edits: TaskEdits
  readAt: ReadAt
}

const Context = createContext<Workspace | null>(null)
const FIVE_MINUTES = 300_000

/** The signed-in person's tasks: their cache, the door to change them, and the news from elsewhere. */
export function WorkspaceProvider({ children }: { children: ReactNode }) {
  const { id, timezone } = useUser()
  const [client] = useState(newClient)
  const made = useMemo(() => {
    const edits = new TaskEdits(client, () => ({ zone: timezone, now: Date.now() }))
    return { edits, actions: new TaskActions(edits, client) }
  }, [client, timezone])
  const [feed, setFeed] = useState<LiveFeed | null>(null)
  useEffect(() => {
    const opened = new LiveFeed(id, (happening) => made.edits.hear(happening))
    setFeed(opened)
    return () => opened.close()
  }, [id, made])
  const workspace = useMemo(() => ({ ...made, readAt: (revision: string) => feed?.readAt(revision) }), [made, feed])
  return (
    <QueryClientProvider client={client}>
      <Context value={workspace}>{children}</Context>
    </QueryClientProvider>
  )
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

/** Where the person reads: their zone and language, and the day it is there. */
export function useReader(): { zone: string; locale: string; day: Day; weekStart: number } {
  const { timezone, week_start } = useUser()
  const { locale } = useMessages()
  const [day, setDay] = useState(() => today(timezone))
  useEffect(() => {
    const look = () => setDay(today(timezone))
    look()
    const timer = setInterval(look, 20_000)
    document.addEventListener('visibilitychange', look)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', look)
    }
  }, [timezone])
  return useMemo(() => ({ zone: timezone, locale, day, weekStart: week_start }), [timezone, locale, day, week_start])
}
