'use client'

import { createContext, type ReactNode, useContext } from 'react'
import { en, type Messages } from './en'

export type { Messages }

let current: Messages = en
const Language = createContext<Messages>(en)

/** The catalogue, for what is not a component. */
export function currentMessages(): Messages {
  return current
}

export function useMessages(): Messages {
  return useContext(Language)
}

export function SpeakIn({ messages, children }: { messages: Messages; children: ReactNode }) {
  current = messages
  return <Language value={messages}>{children}</Language>
}
