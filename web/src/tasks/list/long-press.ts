'use client'

import { type MouseEvent, type PointerEvent, useEffect, useMemo, useRef } from 'react'

const LONG = 450
const STILL = 10

/** A finger that rests on a row. What a browser does then otherwise is called off. */
export function useLongPress(held: (id: string) => void) {
  const latest = useRef(held)
  useEffect(() => {
    latest.current = held
  })
  const press = useRef<{ timer: ReturnType<typeof setTimeout>; x: number; y: number } | null>(null)
  const over = useRef(false)
  return useMemo(() => {
    const lift = () => {
      if (press.current) clearTimeout(press.current.timer)
      press.current = null
    }
    return {
      onPointerDown: ({ pointerType, target, clientX: x, clientY: y }: PointerEvent) => {
        lift()
        over.current = false
        const id = target instanceof Element ? target.closest<HTMLElement>('[data-task]')?.dataset.task : undefined
        if (pointerType !== 'touch' || !id) return
        const timer = setTimeout(() => {
          over.current = true
          latest.current(id)
        }, LONG)
        press.current = { timer, x, y }
      },
      onPointerMove: ({ clientX, clientY }: PointerEvent) => {
        if (press.current && Math.hypot(clientX - press.current.x, clientY - press.current.y) > STILL) lift()
      },
      onPointerUp: lift,
      onPointerCancel: lift,
      onContextMenu: (event: MouseEvent) => {
        if (press.current) event.preventDefault()
      },
      /** True for the click that ends a long press. */
      isOver: () => {
        const was = over.current
        over.current = false
        return was
      },
    }
  }, [])
}
