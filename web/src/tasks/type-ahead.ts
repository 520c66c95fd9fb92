import { useEffect, useState } from 'react'
import { isField, isTyping, writeInto } from '@/ui/keyboard'
import { closeOverlay, currentOverlay, type Overlay } from './overlays'

const PAUSE = 600

/**
 * Who presses `q` writes on at once, also while the dialog is still being fetched: what is typed until it has the
 * focus becomes its first text, and is no command to the page beneath. Who is in a field writes there, and what
 * nobody asked for holds nothing.
 */
export function useTypeAhead(): void {
  useEffect(() => {
    let arrived: Overlay = currentOverlay()
    let awaited: Overlay = arrived
    let typed = ''
    const hold = (event: KeyboardEvent) => {
      const overlay = currentOverlay()
      if (overlay === arrived || !isHolding(overlay) || isTyping(event.target)) return
      if (event.isComposing || event.metaKey || event.ctrlKey || event.altKey) return
      // One that did not come at first and is tried again still gets what was meant for it.
      if (overlay !== awaited) typed = ''
      awaited = overlay
      if (event.key === 'Escape') {
        typed = ''
        closeOverlay()
      } else if (event.key === 'Backspace') typed = typed.slice(0, -1)
      else if (event.key.length === 1) typed += event.key
      event.preventDefault()
      event.stopPropagation()
    }
    const hand = ({ target }: FocusEvent) => {
      if (!(target instanceof Element && target.closest('[data-modal]'))) return
      arrived = currentOverlay()
      if (typed && arrived === awaited && isField(target)) writeInto(target, typed)
      typed = ''
    }
    document.addEventListener('keydown', hold, true)
    document.addEventListener('focusin', hand)
    return () => {
      document.removeEventListener('keydown', hold, true)
      document.removeEventListener('focusin', hand)
    }
  }, [])
}

function isHolding({ type }: Overlay): boolean {
  return type !== 'none' && type !== 'conflict'
}

/** True from the first moment in which nobody is in the middle of a word. */
export function usePauseInTyping(): boolean {
  const [paused, setPaused] = useState(() => !isTyping(document.activeElement))
  useEffect(() => {
    if (paused) return
    const rest = () => setPaused(true)
    let timer = setTimeout(rest, PAUSE)
    const wait = () => {
      clearTimeout(timer)
      timer = setTimeout(rest, PAUSE)
    }
    document.addEventListener('keydown', wait, true)
    return () => {
      clearTimeout(timer)
      document.removeEventListener('keydown', wait, true)
    }
  }, [paused])
  return paused
}
