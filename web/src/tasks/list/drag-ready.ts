'use client'

import { useEffect, useState } from 'react'

const REST = 400

/** True once the page has come to rest, where there is a mouse: what dragging needs is only fetched then. */
export function useDragReady(): boolean {
  const [ready, setReady] = useState(false)
  useEffect(() => {
    if (!matchMedia('(any-pointer: fine)').matches) return
    const idle = setTimeout(() => setReady(true), REST)
    return () => clearTimeout(idle)
  }, [])
  return ready
}
