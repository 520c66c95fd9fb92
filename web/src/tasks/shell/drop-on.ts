'use client'

import type * as Adapter from '@atlaskit/pragmatic-drag-and-drop/element/adapter'
import { type RefObject, useEffect, useRef, useState } from 'react'
import type { Task } from '@/api/types'
import { useDragReady } from '../list/drag-ready'
import { useWorkspace } from '../workspace'

/** Makes a place in the sidebar one to drop tasks on; true while some are held over it. */
export function useDropOn(element: RefObject<HTMLElement | null>, put: ((tasks: readonly Task[]) => void) | undefined): boolean {
  const { edits } = useWorkspace()
  const ready = useDragReady()
  const [over, setOver] = useState(false)
  const latest = useRef(put)
  useEffect(() => {
    latest.current = put
  })
  const takes = put !== undefined
  useEffect(() => {
    if (!ready || !takes) return
    let gone = false
    let stop = () => undefined as void
    const take = (ids: unknown) => {
      setOver(false)
      const tasks = Array.isArray(ids) ? ids.flatMap((id: string) => edits.find(id) ?? []) : []
      if (tasks.length > 0) latest.current?.(tasks)
    }
    const arrive = (adapter: typeof Adapter) => {
      if (gone || !element.current) return
      stop = adapter.dropTargetForElements({
        element: element.current,
        canDrop: ({ source }) => Array.isArray(source.data.tasks),
        onDragEnter: () => setOver(true),
        onDragLeave: () => setOver(false),
        onDrop: ({ source }) => take(source.data.tasks),
      })
    }
    void import('@atlaskit/pragmatic-drag-and-drop/element/adapter').then(arrive, () => undefined)
    return () => {
      gone = true
      stop()
    }
  }, [ready, takes, element, edits])
  return over
}
