'use client'

import { X } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useEffect, useRef } from 'react'
import { IconButton } from '@/ui/button'
import { useKeys } from '@/ui/keyboard'
import { Boundary, later, Missing } from '@/ui/later'
import { useMessages } from '@/ui/messages'
import { closeTask, useRouteId } from './address'
import { useFocusAfter } from './focus'
import { panelClass } from './frame'

const load = () => import('./panel')
const TaskPanel = later(() => load().then((file) => file.TaskPanel))

/** The panel's code, and that of what is in it. */
export async function preloadPanel(): Promise<void> {
  await TaskPanel.preload()
  for (const part of (await load()).PARTS) await part.preload()
}

/** Shows the task whose address is in the bar, whatever page is below. */
export function PanelHost() {
  const id = useRouteId('task')
  useFocusAfter(id)
  return (
    id && (
      <Boundary key={id} failed={(again) => <NoPanel again={again} />}>
        <TaskPanel id={id} />
      </Boundary>
    )
  )
}

/** In the panel's place when it broke or did not come: on a phone there is nothing else on the screen. */
function NoPanel({ again }: { again: () => void }) {
  const { panel } = useMessages()
  const router = useRouter()
  const frame = useRef<HTMLElement>(null)
  const close = () => {
    if (!closeTask()) router.replace('/all')
  }
  useEffect(() => frame.current?.focus({ preventScroll: true }), [])
  useKeys((key) => {
    if (key !== 'Escape') return false
    close()
    return true
  })
  return (
    <aside ref={frame} tabIndex={-1} aria-label={panel.label} className={panelClass}>
      <header className="flex h-14 shrink-0 items-center justify-end border-b border-line pr-2">
        <IconButton label={panel.close} onClick={close}>
          <X size={19} aria-hidden />
        </IconButton>
      </header>
      <Missing again={again} />
    </aside>
  )
}
