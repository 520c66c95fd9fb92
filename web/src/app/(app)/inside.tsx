'use client'

import { type ReactNode, useEffect, useState } from 'react'
import { useUser } from '@/api/session'
import { ConnectionBar } from '@/tasks/connection-bar'
import { OverlayHost } from '@/tasks/overlay-host'
import { useRouteId } from '@/tasks/panel/address'
import { PanelHost } from '@/tasks/panel/panel-host'
import { Shell } from '@/tasks/shell/shell'
import { WorkspaceProvider } from '@/tasks/workspace'
import { Toaster } from '@/ui/toaster'
import { installWorker } from './worker'

/** What is around every page for somebody who is signed in. */
export function Inside({ children }: { children: ReactNode }) {
  useEffect(installWorker, [])
  return (
    <Workspace>
      <div className="flex h-dvh flex-col bg-canvas">
        <ConnectionBar />
        {/* Contained: what is fixed in there, as the panel, begins below the bar. */}
        <div className="min-h-0 flex-1 contain-content">
          <Covered>{children}</Covered>
          <PanelHost />
        </div>
      </div>
      <OverlayHost />
      <Toaster />
    </Workspace>
  )
}

/** One person's: who signs in next in this tab begins with nothing. */
function Workspace({ children }: { children: ReactNode }) {
  return <WorkspaceProvider key={useUser().id}>{children}</WorkspaceProvider>
}

/** On a phone the panel covers the list whole: what is below takes no part. */
function Covered({ children }: { children: ReactNode }) {
  const opened = useRouteId('task') !== null
  const narrow = useNarrow()
  return <Shell inert={opened && narrow}>{children}</Shell>
}

function useNarrow(): boolean {
  const [narrow, setNarrow] = useState(false)
  useEffect(() => {
    const query = matchMedia('(max-width: 47.99rem)')
    const look = () => setNarrow(query.matches)
    look()
    query.addEventListener('change', look)
    return () => query.removeEventListener('change', look)
  }, [])
  return narrow
}
