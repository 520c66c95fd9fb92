import { elementScroll, measureElement, type observeElementRect, type Virtualizer } from '@tanstack/react-virtual'
import { useCallback, useRef } from 'react'
import type { FirstLaid } from './read'

/**
 * Has a virtual list laid out as its first sight was, which is neither measured nor drawn a second time: `sizes` says
 * how high the others will probably be. The same object must be given as long as the items are the same.
 */
export function laidAs(laid: FirstLaid | null, keyOf: (index: number) => string | number, sizes: (index: number) => number) {
  const known = (key: string | number) => laid?.heights.get(String(key))
  return {
    getItemKey: keyOf,
    estimateSize: (index: number) => known(keyOf(index)) ?? sizes(index),
    // From when it is on the screen it is observed as all else.
    measureElement: <S extends Element>(element: Element, entry: ResizeObserverEntry | undefined, instance: Virtualizer<S, Element>) => {
      const key = keyOf(instance.indexFromElement(element))
      const height = entry || instance.itemSizeCache.has(key) ? undefined : known(key)
      return height ?? measureElement(element, entry, instance)
    },
  }
}

/** Leaves out the first scrolling, to where the list is anyway: it would lay the page out in the midst of drawing it. */
export function useScrollAfter(laid: FirstLaid | null): typeof elementScroll {
  const isNew = useRef(laid !== null)
  return useCallback((...to) => {
    if (!isNew.current) elementScroll(...to)
    isNew.current = false
  }, [])
}

/** Known before it is measured: what is first in sight is drawn with the list, not all at once after it. Lays the page out. */
export const firstRect = () => ({ width: 0, height: innerHeight })

/** As the library's, but the first size is told by the observer: to ask for it would lay the page out in the midst of drawing it. */
export const observeRect: typeof observeElementRect = ({ scrollElement }, tell) => {
  if (!scrollElement) return
  const watch = new ResizeObserver(() => tell({ width: scrollElement.clientWidth, height: scrollElement.clientHeight }))
  watch.observe(scrollElement)
  return () => watch.disconnect()
}
