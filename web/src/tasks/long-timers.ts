import type { TimeoutProvider } from '@tanstack/react-query'

/** What is due sooner gets a timer of its own, milliseconds. */
const LONG = 10_000

/** Timers for a cache that wants one of minutes for each of its answers and readers: they share one of the browser's. */
export function sharingTimers(): TimeoutProvider<number> {
  const waiting = new Map<number, { due: number; run: () => void }>()
  let last = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let next = Infinity
  const arm = (due: number) => {
    if (due >= next) return
    clearTimeout(timer)
    next = due
    timer = setTimeout(ring, due - performance.now())
  }
  const ring = () => {
    next = Infinity
    const now = performance.now()
    const rings = [...waiting].filter(([, { due }]) => due <= now)
    arm(Math.min(...[...waiting.values()].map(({ due }) => due).filter((due) => due > now)))
    for (const [id, { run }] of rings) if (waiting.delete(id)) run()
  }
  return {
    setTimeout: (run, delay) => {
      if (delay < LONG) return Number(setTimeout(run, delay))
      // Below those of the browser.
      last -= 1
      waiting.set(last, { due: performance.now() + delay, run })
      arm(performance.now() + delay)
      return last
    },
    clearTimeout: (id) => {
      if (id !== undefined && !waiting.delete(id)) clearTimeout(id)
    },
    setInterval: (run, delay) => Number(setInterval(run, delay)),
    clearInterval: (id) => clearInterval(id),
  }
}
