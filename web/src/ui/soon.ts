import dynamic from 'next/dynamic'
import type { ComponentType, ReactNode } from 'react'

/**
 * A component whose code is not part of what a page begins with. It is fetched at once all the same, beside
 * the first requests: behind the sign-in nothing can be drawn before those are answered.
 */
export function soon<P>(load: () => Promise<ComponentType<P>>, waiting?: () => ReactNode): ComponentType<P> {
  const begun = typeof window === 'undefined' ? null : load()
  begun?.catch(() => undefined)
  return dynamic(() => begun?.catch(load) ?? load(), { ssr: false, loading: waiting })
}
