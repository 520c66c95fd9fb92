'use client'

import { useEffect, useRef } from 'react'

/** Where the focus was when a task was opened over the page, and which task that was. */
let opener: { id: string; element: Element | null } | null = null
const lists: ((id: string) => void)[] = []
const afterwards: (() => void)[] = []

export function rememberOpener(id: string): void {
  opener = { id, element: document.activeElement }
}

/** A list that can scroll to a task that is not in the page and focus it there. */
export function useListFocus(focus: (id: string) => void): void {
  useEffect(() => {
    lists.push(focus)
    return () => void lists.splice(lists.indexOf(focus), 1)
  }, [focus])
}

/** Runs once the panel is gone and the focus is back below it. */
export function afterClosing(work: () => void): void {
  afterwards.push(work)
}

/**
 * Keeps the focus when the panel goes, however that came about: back to what opened it, else to the task's own
 * row, else to the page. By then the page below takes part again. Not when another task takes its place in the
 * panel: what is to follow its closing may have been asked for already.
 */
export function useFocusAfter(id: string | null): void {
  const last = useRef(id)
  useEffect(() => {
    last.current = id ?? last.current
  })
  const open = id !== null
  useEffect(() => {
    if (!open) return
    return () => {
      // What follows on the screen is drawn by now; a task may have been opened again.
      if (!location.pathname.startsWith('/task/')) restore(last.current!)
      for (const work of afterwards.splice(0)) work()
    }
  }, [open])
}

function restore(closed: string): void {
  const from = opener
  opener = null
  if (!isLost()) return
  const id = from?.id ?? closed
  if ([from?.element, titleOf(id)].some((element) => element instanceof HTMLElement && tried(element))) return
  document.getElementById('main')?.focus({ preventScroll: true })
  lists.at(-1)?.(id)
}

function isLost(): boolean {
  const { activeElement } = document
  return activeElement === null || activeElement === document.body || !activeElement.isConnected
}

function titleOf(id: string): Element | null {
  return document.querySelector(`[data-task="${CSS.escape(id)}"] [data-title]`)
}

function tried(element: HTMLElement): boolean {
  if (element === document.body || !element.isConnected) return false
  element.focus({ preventScroll: true })
  return document.activeElement === element
}
