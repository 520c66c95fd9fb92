'use client'

import { useEffect } from 'react'
import { Boundary, later, sayMissing } from '@/ui/later'
import { closeOverlay, currentOverlay, openOverlay, type Overlay, useOverlay } from './overlays'
import { usePauseInTyping, useTypeAhead } from './type-ahead'

const QuickAdd = later(() => import('./quickadd/quick-add').then((file) => file.QuickAdd))
const Picker = later(() => import('./pick/pickers').then((file) => file.Picker))
const KeysHelp = later(() => import('./keys-help').then((file) => file.KeysHelp))
const Palette = later(() => import('./palette/palette').then((file) => file.Palette))
const NamedEditor = later(() => import('./named/editor').then((file) => file.NamedEditor))
const Conflict = later(() => import('./panel/conflict').then((file) => file.Conflict))

/** The code of what opens over the page, the likeliest first. */
export const OVERLAYS = [QuickAdd, Picker, Palette, NamedEditor, Conflict, KeysHelp].map(({ preload }) => preload)

/** What opens over the page. */
export function OverlayHost() {
  const overlay = useOverlay()
  usePaletteKey()
  useTypeAhead()
  if (overlay.type === 'none') return null
  return (
    <Boundary key={overlay.type} failed={() => <Failed overlay={overlay} />}>
      <Opened overlay={overlay} />
    </Boundary>
  )
}

function Opened({ overlay }: { overlay: Overlay }) {
  if (overlay.type === 'add') return <QuickAdd starter={overlay.starter} text={overlay.text} />
  if (overlay.type === 'pick') return <Picker key={overlay.kind} {...overlay} />
  if (overlay.type === 'keys') return <KeysHelp />
  if (overlay.type === 'conflict') return <Unasked theirs={overlay.theirs} mine={overlay.mine} />
  if (overlay.type === 'named') return <NamedEditor key={overlay.id} what={overlay.what} id={overlay.id} />
  if (overlay.type === 'palette') return <Palette />
  return null
}

/** Nobody opened this one: it waits until they look up from a word they are at. */
function Unasked(conflict: Omit<Extract<Overlay, { type: 'conflict' }>, 'type'>) {
  return usePauseInTyping() && <Conflict {...conflict} />
}

/** Nothing is left open that can't be seen; what was to be opened can be tried again. */
function Failed({ overlay }: { overlay: Overlay }) {
  useEffect(() => {
    closeOverlay()
    sayMissing(() => openOverlay(overlay), overlay.type === 'conflict' ? null : undefined)
  }, [overlay])
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
