'use client'

import { createContext, useContext } from 'react'
import { en, type Messages } from './en'

export type { Messages }

const Language = createContext<Messages>(en)

/** The catalogue, for what is not a component. */
export function currentMessages(): Messages {
  return en
}

export function useMessages(): Messages {
  return useContext(Language)
}
