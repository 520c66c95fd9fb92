'use client'

import { type RefObject, useEffect, useRef } from 'react'

const FRAMES = 12
const CONTROLS = 'a[href], button'

interface Place {
  element: HTMLElement
  row: number
  control: number
}

/**
 * Keeps the focus in a list of rows (`li`) that gets shorter: when the row that had it goes, the one that takes its
 * place gets it, at the same control; without any, and for what goes beside the rows, the page's heading.
 */
export function useRowFocus(list: RefObject<HTMLElement | null>, rows: unknown): void {
  const last = useRef<Place | null>(null)
  useEffect(() => {
    const remember = ({ target }: FocusEvent) => {
      if (target instanceof HTMLElement && !target.closest('[data-modal], [data-toasts]')) last.current = placeOf(target, list.current)
    }
    document.addEventListener('focusin', remember)
    return () => document.removeEventListener('focusin', remember)
  }, [list])
  useEffect(() => {
    // Rows may have come, gone or moved above the one that is still there.
    if (last.current?.element.isConnected) last.current = placeOf(last.current.element, list.current)
    let frames = FRAMES
    const look = () => {
      const at = last.current
      if (at && !at.element.isConnected && isLost()) {
        const left = list.current ? rowsIn(list.current) : []
        const row = left[Math.min(at.row, left.length - 1)]
        const next = row && (controlsIn(row)[at.control] ?? controlsIn(row)[0])
        const heading = document.querySelector<HTMLElement>('main h1')
        if (!next) heading?.setAttribute('tabindex', '-1')
        ;(next ?? heading)?.focus()
      } else if ((frames -= 1) > 0) frame = requestAnimationFrame(look)
    }
    // A dialog that is just closing still has the focus, and loses it.
    let frame = requestAnimationFrame(look)
    return () => cancelAnimationFrame(frame)
  }, [list, rows])
}

function placeOf(element: HTMLElement, list: HTMLElement | null): Place {
  const row = element.closest('li')
  return row && list?.contains(row) ? { element, row: rowsIn(list).indexOf(row), control: controlsIn(row).indexOf(element) } : { element, row: -1, control: 0 }
}

function isLost(): boolean {
  const { activeElement } = document
  return activeElement === null || activeElement === document.body
}

function rowsIn(list: HTMLElement): HTMLElement[] {
  return [...list.querySelectorAll('li')]
}

function controlsIn(row: HTMLElement): HTMLElement[] {
  return [...row.querySelectorAll<HTMLElement>(CONTROLS)]
}
