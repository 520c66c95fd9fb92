import { attempt } from './client'
import { onReturn } from './connection'
import { lead } from './locks'
import { ApiError, problemOf } from './problem'
import { accessToken } from './session'
import { eventParser, type ServerEvent } from './stream'
import type { Change } from './types'

/** What happened in the workspace, in order; `reset`: too much was missed, load afresh. */
export type Happening = { type: 'change'; revision: string; by: string; changes: Change[] } | { type: 'reset' }

const SILENCE = 40_000

/**
 * One stream per browser: the tab that leads reads it and tells the others. Every tab remembers the last
 * revision it heard of, so that whoever leads next resumes there and misses nothing.
 */
export class LiveFeed {
  private last: string | null = null
  private known: () => void = () => undefined
  private readonly firstRevision = new Promise<void>((resolve) => {
    this.known = resolve
  })
  private channel: BroadcastChannel | null = null

  constructor(
    private readonly account: string,
    private readonly heard: (happening: Happening) => void,
  ) {}

  /** Listens until the function it answers is called. */
  open(): () => void {
    const stop = new AbortController()
    const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(`live:${this.account}`)
    if (channel) channel.onmessage = ({ data }: MessageEvent<Happening>) => this.take(data)
    this.channel = channel
    void lead(`live:${this.account}`, stop.signal, () => this.follow(stop.signal))
    return () => {
      stop.abort()
      channel?.close()
    }
  }

  /** A page of the workspace was read at this revision: the feed starts there, so that nothing falls between. */
  readAt(revision: string): void {
    this.last ??= revision
    this.known()
  }

  private take(happening: Happening): void {
    this.last = happening.type === 'change' ? happening.revision : null
    this.heard(happening)
  }

  private async follow(stop: AbortSignal): Promise<void> {
    await Promise.race([this.firstRevision, pause(3_000, stop)])
    let failures = 0
    while (!stop.aborted) {
      try {
        const started = Date.now()
        await this.read(stop)
        failures = Date.now() - started > 5_000 ? 0 : failures + 1
      } catch (error) {
        if (stop.aborted) return
        if (error instanceof ApiError && error.status === 401) return
        failures += 1
      }
      await pause(Math.min(500 * 2 ** failures, 20_000) * (0.5 + Math.random() / 2), stop, onReturn)
    }
  }

  private async read(stop: AbortSignal): Promise<void> {
    const silence = new AbortController()
    const signal = AbortSignal.any([stop, silence.signal])
    const open = async (stale?: string) => {
      const headers = new Headers({ Accept: 'text/event-stream' })
      if (this.last) headers.set('Last-Event-ID', this.last)
      const token = await accessToken(stale)
      return { token, response: await attempt(new Request('/api/events', { headers, signal, cache: 'no-store' }), token) }
    }
    let { token, response } = await open()
    if (response.status === 401) ({ token, response } = await open(token))
    if (!response.ok || !response.body) throw await problemOf(response)
    const parse = eventParser((event) => this.tell(event))
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
    let quiet = setTimeout(() => silence.abort(), SILENCE)
    try {
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return
        clearTimeout(quiet)
        quiet = setTimeout(() => silence.abort(), SILENCE)
        parse(value)
      }
    } finally {
      clearTimeout(quiet)
    }
  }

  private tell(event: ServerEvent): void {
    let happening: Happening
    if (event.event === 'change') happening = { type: 'change', ...(JSON.parse(event.data) as { revision: string; by: string; changes: Change[] }) }
    else if (event.event === 'reset') happening = { type: 'reset' }
    else return
    this.take(happening)
    this.channel?.postMessage(happening)
  }
}

/** `until`: what may end it early. */
function pause(ms: number, signal: AbortSignal, until?: (go: () => void) => () => void): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      clearTimeout(timer)
      stop?.()
      resolve()
    }
    const timer = setTimeout(go, ms)
    const stop = until?.(go)
    signal.addEventListener('abort', go, { once: true })
  })
}
