import type { ComponentType, ReactNode } from 'react'
import { later } from './later'

/**
 * A component whose code is not part of what a page begins with. It is fetched at once all the same, beside
 * the first requests: behind the sign-in nothing can be drawn before those are answered.
 */
export function soon<P extends object>(load: () => Promise<ComponentType<P>>, waiting?: () => ReactNode): ComponentType<P> {
  const Part = later(load, waiting)
  if (typeof window !== 'undefined') Part.preload().catch(() => undefined)
  return Part
}
