'use client'

import { useEffect, useState } from 'react'

const REST = 400
let rested = false

/** True once the page has come to rest, where there is a mouse: what dragging needs is only fetched then. */
export function useDragReady(): boolean {
  const [ready, setReady] = useState(rested)
  useEffect(() => {
    if (ready || !matchMedia('(any-pointer: fine)').matches) return
    const idle = setTimeout(() => {
      rested = true
      setReady(true)
    }, REST)
    return () => clearTimeout(idle)
  }, [ready])
  return ready
}
