'use client'

import { monitorForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter'
import { type RefObject, useEffect, useRef, useState } from 'react'

const EDGE = 56
const FASTEST = 16

/** What a column does while a card is held over it. */
export interface Hovered {
  scroller: HTMLElement
  /** Shows where the card would go for a pointer at this height. */
  aim: (clientY: number) => void
}

/** The id of the card that is being dragged; the board and the column under the pointer scroll at their edges. */
export function useDragging(board: RefObject<HTMLElement | null>, hovered: RefObject<Hovered | null>): string | null {
  const [dragged, setDragged] = useState<string | null>(null)
  const pointer = useRef({ x: 0, y: 0 })
  useEffect(() => {
    let frame = 0
    const step = () => {
      frame = requestAnimationFrame(step)
      const { x, y } = pointer.current
      if (board.current) {
        const { left, right } = board.current.getBoundingClientRect()
        const sideways = speed(x, left, right)
        if (sideways) board.current.scrollLeft += sideways
      }
      const over = hovered.current
      if (!over) return
      const { top, bottom } = over.scroller.getBoundingClientRect()
      const down = speed(y, top, bottom)
      if (!down) return
      over.scroller.scrollTop += down
      over.aim(y)
    }
    const stop = monitorForElements({
      canMonitor: ({ source }) => typeof source.data.task === 'string',
      onDragStart: ({ source, location }) => {
        pointer.current = { x: location.current.input.clientX, y: location.current.input.clientY }
        setDragged(source.data.task as string)
        frame = requestAnimationFrame(step)
      },
      onDrag: ({ location }) => {
        pointer.current = { x: location.current.input.clientX, y: location.current.input.clientY }
      },
      onDrop: () => {
        cancelAnimationFrame(frame)
        hovered.current = null
        setDragged(null)
      },
    })
    return () => {
      cancelAnimationFrame(frame)
      stop()
    }
  }, [board, hovered])
  return dragged
}

/** Pixels per frame, faster the nearer to an edge. */
export function speed(at: number, start: number, end: number): number {
  if (at < start || at > end) return 0
  if (at - start < EDGE) return -FASTEST * (1 - (at - start) / EDGE)
  if (end - at < EDGE) return FASTEST * (1 - (end - at) / EDGE)
  return 0
}
