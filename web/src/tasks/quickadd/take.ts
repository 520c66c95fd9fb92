import { useRef } from 'react'
import { newId } from '@/api/ids'
import { useMessages } from '@/ui/messages'
import type { Starter } from '../overlays'
import { useProjects, useWorkspace } from '../workspace'
import { draftsOf, newNames, type Read } from './lines'

/** The name that what is typed into quick add is kept under. */
export const DRAFT = 'quick-add'

/** Takes what was read into the workspace. Resolves when it is kept: only then the field may forget it. */
function useTake(starter: Starter): (read: readonly Read[]) => Promise<void> {
  const { task } = useMessages()
  const { capture } = useWorkspace()
  const projects = useProjects()
  return (read) => {
    const named = capture.naming(newNames(read))
    const ids = (items: readonly { id: string; name: string }[]) => new Map(items.map(({ id, name }) => [name.toLowerCase(), id]))
    const drafts = draftsOf(read, starter, { labels: ids(named.labels), projects: ids(named.projects) }, newId)
    const home = [...projects, ...named.projects].find(({ id }) => id === drafts[0]?.project_id)
    return capture.take({ drafts, ...named }, home?.name ?? task.noProject)
  }
}

/** Takes it once, however often it is asked while that goes on. False: it could not be kept, and `failed` was told. */
export function useKeeping(starter: Starter, failed: () => void): (read: readonly Read[]) => Promise<boolean> {
  const take = useTake(starter)
  const keeping = useRef(false)
  return async (read) => {
    if (keeping.current) return false
    keeping.current = true
    try {
      await take(read)
      return true
    } catch {
      failed()
      return false
    } finally {
      keeping.current = false
    }
  }
}
