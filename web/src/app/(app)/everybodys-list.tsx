'use client'

import { useMemo } from 'react'
import { sayLongDay } from '@/tasks/dates'
import { ListScreen } from '@/tasks/list/screen'
import { useReader } from '@/tasks/reader'
import type { Kind } from '@/tasks/views'
import { useMessages } from '@/ui/messages'

/** One of the lists that everybody has. */
export function EverybodysList({ kind }: { kind: Kind }) {
  const { shell } = useMessages()
  const { day, locale } = useReader()
  const view = useMemo(() => ({ kind }), [kind])
  return <ListScreen view={view} title={shell[kind]} lead={kind === 'today' ? sayLongDay(day, locale) : undefined} />
}
