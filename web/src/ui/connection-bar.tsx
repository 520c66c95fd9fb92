'use client'

import { useSyncExternalStore } from 'react'
import { useMessages } from './messages'

function subscribe(listener: () => void): () => void {
  addEventListener('online', listener)
  addEventListener('offline', listener)
  return () => {
    removeEventListener('online', listener)
    removeEventListener('offline', listener)
  }
}

/** Says so while the browser knows it has no connection. */
export function ConnectionBar() {
  const { shell } = useMessages()
  const online = useSyncExternalStore(subscribe, () => navigator.onLine, () => true)
  if (online) return null
  return (
    <p role="status" className="fixed inset-x-0 top-0 z-50 bg-warn-soft px-4 py-1.5 text-center text-sm text-warn">
      {shell.offlineBar}
    </p>
  )
}
