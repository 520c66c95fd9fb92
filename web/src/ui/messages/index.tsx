'use client'

import { useSyncExternalStore } from 'react'
import { en, type Messages } from './en'

export type { Messages }

/** The languages there are, in their own words. The first is what pages are made with. */
export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const
export type Language = keyof typeof LANGUAGES

const KEPT = 'language'
const load: Record<Language, () => Promise<Messages>> = { en: () => Promise.resolve(en), de: () => import('./de').then((file) => file.de) }

let current: Messages = en
let wanted: Language = 'en'
const listeners = new Set<() => void>()

/** The catalogue, for what is not a component. */
export function currentMessages(): Messages {
  return current
}

export function useMessages(): Messages {
  return useSyncExternalStore(subscribe, currentMessages, () => en)
}

export function useLanguage(): Language {
  return useSyncExternalStore(subscribe, () => wanted, () => 'en')
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The language among ours that somebody who asks for these understands best. */
export function languageOf(tags: readonly string[]): Language {
  for (const tag of tags) {
    const language = tag.toLowerCase().split('-')[0]
    if (language && language in LANGUAGES) return language as Language
  }
  return 'en'
}

/** What was spoken here last; else what the browser asks for. */
export function keptLanguage(): Language {
  try {
    const kept = localStorage.getItem(KEPT)
    if (kept) return languageOf([kept])
  } catch {
    // Then the browser's.
  }
  return languageOf(navigator.languages)
}

/** Fetches a language and speaks it from then on, also on the next visit. */
export async function speak(language: Language): Promise<void> {
  wanted = language
  const messages = await load[language]()
  if (wanted !== language) return
  current = messages
  document.documentElement.lang = language
  try {
    localStorage.setItem(KEPT, language)
  } catch {
    // Only for this page, then.
  }
  for (const listener of listeners) listener()
}
