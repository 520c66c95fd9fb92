/**
 * One tab at a time. Web Locks where the browser has them; on plain http it has not, and a lease in
 * localStorage does (two tabs may then overlap for a moment, which every caller tolerates).
 */
const LEASE = 4_000
const LOOK = 250

export async function withLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  if (navigator.locks) return (await navigator.locks.request(name, work)) as T
  const lease = await takeLease(name)
  try {
    return await work()
  } finally {
    lease.release()
  }
}

/** Runs `work` in the one tab that leads; in the others it waits until that tab is gone. */
export async function lead(name: string, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  try {
    if (navigator.locks) {
      await navigator.locks.request(name, { signal }, work)
      return
    }
    const lease = await takeLease(name, signal)
    try {
      await work()
    } finally {
      lease.release()
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

interface Held {
  owner: string
  until: number
}

async function takeLease(name: string, signal?: AbortSignal): Promise<{ release: () => void }> {
  const key = `lock:${name}`
  const owner = Math.random().toString(36)
  const read = (): Held | null => {
    try {
      return JSON.parse(localStorage.getItem(key) ?? 'null') as Held | null
    } catch {
      return null
    }
  }
  const renew = () => localStorage.setItem(key, JSON.stringify({ owner, until: Date.now() + LEASE }))
  for (;;) {
    signal?.throwIfAborted()
    const held = read()
    if (!held || held.until < Date.now()) {
      renew()
      await pause(30)
      if (read()?.owner === owner) break
    }
    await pause(LOOK)
  }
  const beat = setInterval(renew, LEASE / 3)
  const release = () => {
    clearInterval(beat)
    if (read()?.owner === owner) localStorage.removeItem(key)
  }
  return { release }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
