'use client'

import { useLayoutEffect, useRef } from 'react'
import { useBrowser } from './browser'

const KEY = 'single-keys'

export function singleKeysOn(): boolean {
  try {
    return localStorage.getItem(KEY) !== 'off'
  } catch {
    return true
  }
}

export function setSingleKeys(on: boolean): void {
  try {
    if (on) localStorage.removeItem(KEY)
    else localStorage.setItem(KEY, 'off')
  } catch {
    // Not kept beyond this page.
  }
}

export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}

export function isField(target: unknown): target is HTMLInputElement | HTMLTextAreaElement {
  return target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement
}

/** As if somebody wrote it at the end of what is there, after taking back as many characters. */
export function writeInto(field: HTMLInputElement | HTMLTextAreaElement, text: string, back = 0): void {
  const { length } = field.value
  field.setRangeText(text, Math.max(0, length - back), length, 'end')
  field.dispatchEvent(new Event('input', { bubbles: true }))
}

/** Calls back at once, or, while somebody is typing, when they have left the field. */
export function onceWritten(call: () => void): void {
  if (isTyping(document.activeElement)) document.addEventListener('focusout', () => setTimeout(call), { once: true })
  else call()
}

/**
 * Calls back with a key as it is written ("j", "?", "Enter", "mod+z", "alt+ArrowUp") unless somebody is typing or a dialog
 * is open. What returns true was understood and goes no further.
 */
export function useKeys(handle: (key: string, event: KeyboardEvent) => boolean | void): void {
  const latest = useRef(handle)
  // Layout effects: what is on the screen already listens.
  useLayoutEffect(() => {
    latest.current = handle
  })
  useLayoutEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || isTyping(event.target)) return
      if (document.querySelector('[data-modal]')) return
      const mod = event.metaKey || event.ctrlKey
      // With letters it writes other letters, with the arrows aside it is the browser's.
      if (event.altKey && (mod || !/^Arrow(Up|Down)$/.test(event.key))) return
      if (!mod && event.key.length === 1 && event.key !== ' ' && !singleKeysOn()) return
      if (latest.current(mod ? `mod+${event.key.toLowerCase()}` : event.altKey ? `alt+${event.key}` : event.key, event)) event.preventDefault()
    }
    document.addEventListener('keydown', listen)
    return () => document.removeEventListener('keydown', listen)
  }, [])
}

/** The key that commands begin with, as it is printed on this machine's keyboard. */
export function useModKey(): string {
  return useBrowser(() => (/mac|iphone|ipad/i.test(navigator.platform) ? '⌘' : 'Ctrl'), 'Ctrl')
}
