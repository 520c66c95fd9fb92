'use client'

import { type ComponentType, createContext, useContext } from 'react'
import { later } from '@/ui/later'

/** Whether it is known who reads: what is around a page is there then. */
export const Known = createContext(false)

/** What a page shows: nothing, on the server too, as long as it is not known who reads. Code that does not come is asked for again with the page. */
export async function whenKnown<P extends object>(load: () => Promise<ComponentType<P>>): Promise<ComponentType<P>> {
  const Shown = await load().catch(() => later(load))
  return function WhenKnown(props: P) {
    return useContext(Known) && <Shown {...props} />
  }
}
