/** Marks what scrolls a list. */
export const SCROLLER = { 'data-scroller': '' }

export function scrollerOf(list: Element | null): HTMLElement | null {
  return list?.closest<HTMLElement>('[data-scroller]') ?? null
}

/** How far below the top of what scrolls it a list begins, in pixels. */
export function offsetOf(list: Element, scroller: Element): number {
  return Math.round(list.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop)
}
