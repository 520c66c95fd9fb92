'use client'

import { type ComponentType, createContext, useContext } from 'react'

/** Whether it is known who reads: what is around a page is there then. */
export const Known = createContext(false)

/** A component that is nothing, on the server too, as long as it is not known who reads. */
export function whenKnown<P extends object>(Shown: ComponentType<P>): ComponentType<P> {
  return function WhenKnown(props: P) {
    return useContext(Known) && <Shown {...props} />
  }
}
