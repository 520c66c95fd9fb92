'use client'

import dynamic from 'next/dynamic'
import { type ComponentType, createContext, useContext, useEffect } from 'react'
import { sightShown } from '@/tasks/first/read'
import { later } from '@/ui/later'

/** Whether it is known who reads: what is around a page is there then. */
export const Known = createContext(false)

const coming: Promise<unknown>[] = []

/** The code of pages that waits for what is seen first is here, or did not come. */
export async function allCame(): Promise<void> {
  await Promise.allSettled(coming)
}

/** What a page shows, nothing as long as it is not known who reads; its code comes after what is seen without. */
export function afterFirstSight<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  const Shown = later(load)
  return function AfterFirstSight(props: P) {
    const known = useContext(Known)
    useEffect(() => void coming.push(sightShown().then(Shown.preload)), [])
    return known && <Shown {...props} />
  }
}

/** The same where nothing is seen without: its code is named in the page, as that of what is around it. */
export async function whenKnown<P extends object>(load: () => Promise<ComponentType<P>>): Promise<ComponentType<P>> {
  const Shown = await load().catch(() => later(load))
  return function WhenKnown(props: P) {
    return useContext(Known) ? <Shown {...props} /> : <Around />
  }
}

const Around = dynamic(() => import('./inside').then(() => Nothing))

function Nothing() {
  return null
}
