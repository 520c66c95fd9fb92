'use client'

import { Component, type ComponentType, type ReactNode, useEffect, useState } from 'react'
import { Button } from './button'
import { Empty } from './empty'
import { currentMessages, useMessages } from './messages'
import { toast } from './toast'

/** A component whose code is fetched when it is first shown, or when `preload` is called. */
export type Later<P> = ComponentType<P> & { preload: () => Promise<unknown> }

/** Code that does not come is thrown to the Boundary around; shown again from there, it is asked for again. */
export function later<P extends object>(load: () => Promise<ComponentType<P>>, waiting?: () => ReactNode): Later<P> {
  let Ready: ComponentType<P> | null = null
  const preload = async () => {
    Ready ??= await load()
    return Ready
  }
  function Shown(props: P) {
    const [state, setState] = useState<{ Ready: ComponentType<P> | null; error?: unknown }>({ Ready })
    const missing = state.Ready === null
    useEffect(() => {
      if (!missing) return
      let gone = false
      preload().then(
        (component) => gone || setState({ Ready: component }),
        (error: unknown) => gone || setState({ Ready: null, error }),
      )
      return () => {
        gone = true
      }
    }, [missing])
    if (state.error !== undefined) throw state.error
    return state.Ready ? <state.Ready {...props} /> : waiting?.()
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

/** In the place of a part that broke or did not come. */
export function Missing({ again, alone }: { again: () => void; alone?: boolean }) {
  const { failed, shell } = useMessages()
  return (
    <Empty alone={alone} title={failed.part} text={failed.partText}>
      <Button onClick={again}>{shell.retry}</Button>
      <Button onClick={() => location.reload()}>{failed.reload}</Button>
    </Empty>
  )
}

/** Opens what is drawn over the page once its code is here. Else nothing is open, and it can be tried again. */
export function openLater(part: { preload: () => Promise<unknown> }, open: () => void): void {
  part.preload().then(open, () => sayMissing(() => openLater(part, open)))
}

/** `stays`: null until it is closed. */
export function sayMissing(again: () => void, stays: number | null = 12_000): void {
  const { failed, done } = currentMessages()
  toast(failed.part, { tone: 'problem', stays, action: { label: done.retry, run: again } })
}
