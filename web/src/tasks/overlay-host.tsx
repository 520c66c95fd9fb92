'use client'

import dynamic from 'next/dynamic'
import { useEffect } from 'react'
import { currentOverlay, openOverlay, useOverlay } from './overlays'
import { useTypeAhead } from './type-ahead'

const loadAdd = () => import('./quickadd/quick-add').then((file) => file.QuickAdd)
const loadPicker = () => import('./pick/pickers').then((file) => file.Picker)
const loadKeys = () => import('./keys-help').then((file) => file.KeysHelp)
const loadPalette = () => import('./palette/palette').then((file) => file.Palette)
const loadNamed = () => import('./named/editor').then((file) => file.NamedEditor)
const loadConflict = () => import('./panel/conflict').then((file) => file.Conflict)
const QuickAdd = dynamic(loadAdd, { ssr: false })
const Picker = dynamic(loadPicker, { ssr: false })
const KeysHelp = dynamic(loadKeys, { ssr: false })
const Palette = dynamic(loadPalette, { ssr: false })
const NamedEditor = dynamic(loadNamed, { ssr: false })
const Conflict = dynamic(loadConflict, { ssr: false })

/** What opens over the page. Its code is fetched once the page has come to rest. */
export function OverlayHost() {
  const overlay = useOverlay()
  usePaletteKey()
  useTypeAhead()
  useEffect(() => {
    const idle = setTimeout(() => void Promise.all([loadAdd(), loadPicker()]).catch(() => undefined), 2_500)
    return () => clearTimeout(idle)
  }, [])
  if (overlay.type === 'add') return <QuickAdd starter={overlay.starter} text={overlay.text} />
  if (overlay.type === 'pick') return <Picker key={overlay.kind} {...overlay} />
  if (overlay.type === 'keys') return <KeysHelp />
  if (overlay.type === 'conflict') return <Conflict theirs={overlay.theirs} mine={overlay.mine} />
  if (overlay.type === 'named') return <NamedEditor key={overlay.id} what={overlay.what} id={overlay.id} />
  if (overlay.type === 'palette') return <Palette />
  return null
}

/** mod+K also works while typing, but not over another dialog. */
function usePaletteKey() {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (!(event.metaKey || event.ctrlKey) || event.shiftKey || event.altKey || event.key.toLowerCase() !== 'k') return
      if (event.defaultPrevented || currentOverlay().type !== 'none' || document.querySelector('[data-modal]')) return
      event.preventDefault()
      openOverlay({ type: 'palette' })
    }
    document.addEventListener('keydown', listen)
    return () => document.removeEventListener('keydown', listen)
  }, [])
}
