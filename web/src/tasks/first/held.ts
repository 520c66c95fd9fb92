import { type MouseEvent, useEffect } from 'react'
import { isField, writeInto } from '@/ui/keyboard'

/** What of a page can be clicked. */
const partsOf = (place: Element) => [...place.querySelectorAll<HTMLElement>('a, button')]
const nameOf = (part: Element) => part.getAttribute('aria-label') ?? part.textContent

/** Of a task, or of the page. */
let held: { id: string | undefined; name: string } | null = null

export function hold(event: MouseEvent): void {
  event.preventDefault()
  event.stopPropagation()
  const part = (event.target as Element).closest('a, button')
  if (part) held = { id: part.closest<HTMLElement>('[data-task]')?.dataset.task, name: nameOf(part) }
}

const keys: KeyboardEventInit[] = []

/** What is a command or becomes text once the app listens; all else is the browser's. */
function holdKey(event: KeyboardEvent) {
  const { key, code, shiftKey, ctrlKey, metaKey } = event
  const mod = ctrlKey || metaKey
  if (event.altKey || event.isComposing || (mod ? key.toLowerCase() !== 'k' : key.length > 1 && key !== 'Backspace')) return
  event.preventDefault()
  keys.push({ key, code, shiftKey, ctrlKey, metaKey, bubbles: true, cancelable: true })
}

export function useHeldKeys(): void {
  useEffect(() => {
    keys.length = 0
    addEventListener('keydown', holdKey, true)
    return () => removeEventListener('keydown', holdKey, true)
  }, [])
}

/** An earlier key may have opened a field: there a key that nobody's hand presses would write nothing. */
function press(key: KeyboardEventInit): void {
  const field = document.activeElement
  if (!isField(field) || key.ctrlKey || key.metaKey) document.body.dispatchEvent(new KeyboardEvent('keydown', key))
  else if (key.key === 'Backspace') writeInto(field, '', 1)
  else writeInto(field, key.key!)
}

/** Does what was clicked and pressed before there was anything to do it. */
export async function doHeld(): Promise<void> {
  const place = held && document.querySelector(held.id === undefined ? '#main' : `[data-task="${held.id}"]`)
  if (place) partsOf(place).find((part) => nameOf(part) === held?.name)?.click()
  held = null
  for (const key of keys.splice(0)) {
    press(key)
    // The next key may mean what this one has drawn.
    await new Promise((drawn) => setTimeout(drawn))
  }
}
