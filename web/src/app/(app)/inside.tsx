'use client'

import { useIsFetching } from '@tanstack/react-query'
import { type ReactNode, useEffect } from 'react'
import { useUser } from '@/api/session'
import { ConnectionBar } from '@/tasks/connection-bar'
import { OVERLAYS, OverlayHost } from '@/tasks/overlay-host'
import { useRouteId } from '@/tasks/panel/address'
import { PanelHost, preloadPanel } from '@/tasks/panel/panel-host'
import { Shell } from '@/tasks/shell/shell'
import { WorkspaceProvider } from '@/tasks/workspace'
import { useAhead } from '@/ui/ahead'
import { useIsWide } from '@/ui/media'
import { Toaster } from '@/ui/toaster'
import { makeInstallable } from './installable'

/** What is around every page. */
export function Inside({ children }: { children: ReactNode }) {
  useEffect(makeInstallable, [])
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
      <Ahead />
    </Workspace>
  )
}

const AHEAD = [preloadPanel, ...OVERLAYS]
const NOTHING: typeof AHEAD = []

/** What is read comes first. */
function Ahead() {
  const reading = useIsFetching() > 0
  useAhead(reading ? NOTHING : AHEAD)
  return null
}

/** One person's: who signs in next in this tab begins with nothing. */
function Workspace({ children }: { children: ReactNode }) {
  return <WorkspaceProvider key={useUser().id}>{children}</WorkspaceProvider>
}

/** On a phone the panel covers the list whole: what is below takes no part. */
function Covered({ children }: { children: ReactNode }) {
  const opened = useRouteId('task') !== null
  const wide = useIsWide()
  return <Shell inert={opened && !wide}>{children}</Shell>
}
