'use client'

import { Component, type ComponentType, type ReactNode, useEffect, useState } from 'react'

/** A component whose code is fetched when it is first shown, or when `preload` is called. */
export type Later<P> = ComponentType<P> & { preload: () => Promise<unknown> }

/** Code that does not come is thrown to the Boundary around; shown again from there, it is asked for again. */
export function later<P extends object>(load: () => Promise<ComponentType<P>>): Later<P> {
  let Ready: ComponentType<P> | null = null
  const preload = async () => {
    Ready ??= await load()
    return Ready
  }
  function Shown(props: P) {
    const [state, setState] = useState<{ Ready: ComponentType<P> | null; error?: unknown }>({ Ready })
    const waiting = state.Ready === null
    useEffect(() => {
      if (!waiting) return
      let gone = false
      preload().then(
        (component) => gone || setState({ Ready: component }),
        (error: unknown) => gone || setState({ Ready: null, error }),
      )
      return () => {
        gone = true
      }
    }, [waiting])
    if (state.error !== undefined) throw state.error
    return state.Ready && <state.Ready {...props} />
  }
  return Object.assign(Shown, { preload })
}

interface BoundaryProps {
  /** What is shown instead of what broke; `again` tries once more. */
  failed: (again: () => void) => ReactNode
  children: ReactNode
}

/** Keeps what breaks from taking the page along. */
export class Boundary extends Component<BoundaryProps, { broken: boolean }> {
  override state = { broken: false }

  static getDerivedStateFromError() {
    return { broken: true }
  }

  override render() {
    return this.state.broken ? this.props.failed(() => this.setState({ broken: false })) : this.props.children
  }
}
