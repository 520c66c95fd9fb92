'use client'

import dynamic from 'next/dynamic'
import { useEffect } from 'react'
import { useOverlay } from './overlays'

const loadAdd = () => import('./quickadd/quick-add').then((file) => file.QuickAdd)
const loadPicker = () => import('./pick/pickers').then((file) => file.Picker)
const loadKeys = () => import('./keys-help').then((file) => file.KeysHelp)
const QuickAdd = dynamic(loadAdd, { ssr: false })
const Picker = dynamic(loadPicker, { ssr: false })
const KeysHelp = dynamic(loadKeys, { ssr: false })

/** What opens over the page. Its code is fetched once the page has come to rest. */
export function OverlayHost() {
  const overlay = useOverlay()
  useEffect(() => {
    const idle = setTimeout(() => void Promise.all([loadAdd(), loadPicker()]).catch(() => undefined), 2_500)
    return () => clearTimeout(idle)
  }, [])
  if (overlay.type === 'add') return <QuickAdd starter={overlay.starter} />
  if (overlay.type === 'pick') return <Picker key={overlay.kind} {...overlay} />
  if (overlay.type === 'keys') return <KeysHelp />
  return null
}
