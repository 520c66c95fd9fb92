'use client'

import { CloudOff } from 'lucide-react'
import { useSyncExternalStore } from 'react'
import type { Entry } from '@/api/outbox'
import { useMessages } from '@/ui/messages'
import { useWorkspace } from './workspace'

const NONE: readonly Entry[] = []

/** What is captured and not on the server yet. */
export function useOutbox(): readonly Entry[] {
  const { outbox } = useWorkspace().capture
  return useSyncExternalStore(outbox.subscribe, outbox.entries, () => NONE)
}

/** Says of a task that it is only on this device so far. */
export function WaitingMark({ id }: { id: string }) {
  const { outbox: words } = useMessages()
  const { outbox } = useWorkspace().capture
  const waits = useSyncExternalStore(outbox.subscribe, () => outbox.isStuck() && outbox.holds(id), () => false)
  if (!waits) return null
  return (
    <span className="flex h-6 shrink-0 items-center px-1.5 text-warn" title={words.waiting}>
      <CloudOff size={14} aria-hidden />
      <span className="sr-only">{words.waiting}</span>
    </span>
  )
}
