'use client'

import { useMemo } from 'react'
import { ListScreen } from '@/tasks/list/screen'
import type { View } from '@/tasks/views'
import { useReader } from '@/tasks/workspace'
import { useMessages } from '@/ui/messages'

export type Kind = Exclude<View['kind'], 'project' | 'label'>

/** One of the lists that everybody has. */
export function EverybodysList({ kind }: { kind: Kind }) {
  const { shell } = useMessages()
  const { day, locale } = useReader()
  const view = useMemo(() => ({ kind }), [kind])
  const date = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`))
  return <ListScreen view={view} title={shell[kind]} lead={kind === 'today' ? date : undefined} />
}
