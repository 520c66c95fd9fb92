'use client'

import { usePathname } from 'next/navigation'
import { useSyncExternalStore } from 'react'
import { rememberOpener } from './focus'

/** Every export page of a dynamic route is one file under this id; the true one is in the address bar. */
const PLACEHOLDER = '_'

const always = () => () => undefined

/** The id in /<section>/<id>, null while hydrating and elsewhere. */
export function useRouteId(section: string): string | null {
  const path = usePathname()
  const hydrated = useSyncExternalStore(always, () => true, () => false)
  const [, first, id] = path.split('/')
  if (!hydrated || first !== section || !id || id === PLACEHOLDER) return null
  return decoded(id)
}

/** A broken escape is an id that nothing has. */
function decoded(id: string): string {
  try {
    return decodeURIComponent(id)
  } catch {
    return id
  }
}

export function taskPath(id: string): string {
  return `/task/${id}`
}

const FROM_LIST = 'taskOpenedFrom'

export function isTaskOpen(): boolean {
  return location.pathname.startsWith('/task/')
}

/** Opens the panel over the list that is shown: the address changes, the page stays. */
export function openTask(id: string): void {
  const inside = isTaskOpen()
  if (!inside) rememberOpener(id)
  const state = { [FROM_LIST]: inside ? (history.state as Record<string, unknown> | null)?.[FROM_LIST] : location.pathname + location.search }
  if (inside) history.replaceState(state, '', taskPath(id))
  else history.pushState(state, '', taskPath(id))
}

/** Back to the list below, as the Back button would. False where the panel was the first page seen. */
export function closeTask(): boolean {
  if (!(history.state as Record<string, unknown> | null)?.[FROM_LIST]) return false
  history.back()
  return true
}
