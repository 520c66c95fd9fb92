'use client'

import dynamic from 'next/dynamic'
import { useEffect } from 'react'
import { useRouteId } from './address'

const loadPanel = () => import('./panel').then((file) => file.TaskPanel)
const TaskPanel = dynamic(loadPanel, { ssr: false })

/** Shows the task whose address is in the bar, whatever page is below. */
export function PanelHost() {
  const id = useRouteId('task')
  useEffect(() => {
    const idle = setTimeout(() => void loadPanel().catch(() => undefined), 1_500)
    return () => clearTimeout(idle)
  }, [])
  return id && <TaskPanel id={id} />
}
