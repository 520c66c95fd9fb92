import { useEffect } from 'react'
import { closeOverlay, currentOverlay, type Overlay } from './overlays'

/**
 * Who presses `q` writes on at once, also while the dialog is still being fetched: what is typed until it has the
 * focus becomes its first text, and is no command to the page beneath.
 */
export function useTypeAhead(): void {
  useEffect(() => {
    let arrived: Overlay = currentOverlay()
    let typed = ''
    const hold = (event: KeyboardEvent) => {
      const overlay = currentOverlay()
      if (overlay.type === 'none') typed = ''
      if (overlay.type === 'none' || overlay === arrived || event.isComposing || event.metaKey || event.ctrlKey || event.altKey) return
      if (event.key === 'Escape') closeOverlay()
      else if (event.key === 'Backspace') typed = typed.slice(0, -1)
      else if (event.key.length === 1) typed += event.key
      event.preventDefault()
      event.stopPropagation()
    }
    const hand = ({ target }: FocusEvent) => {
      if (!(target instanceof Element && target.closest('[data-modal]'))) return
      arrived = currentOverlay()
      if (typed && (target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement)) {
        target.setRangeText(typed, target.value.length, target.value.length, 'end')
        target.dispatchEvent(new Event('input', { bubbles: true }))
      }
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
