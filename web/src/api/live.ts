import { attempt } from './client'
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
  private readonly stop = new AbortController()
  private readonly channel: BroadcastChannel | null

  constructor(
    account: string,
    private readonly heard: (happening: Happening) => void,
  ) {
    this.channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(`live:${account}`)
    if (this.channel) this.channel.onmessage = ({ data }: MessageEvent<Happening>) => this.take(data)
    void lead(`live:${account}`, this.stop.signal, () => this.follow())
  }

  /** A page of the workspace was read at this revision: the feed starts there, so that nothing falls between. */
  readAt(revision: string): void {
    this.last ??= revision
    this.known()
  }

  close(): void {
    this.stop.abort()
    this.channel?.close()
  }

  private take(happening: Happening): void {
    this.last = happening.type === 'change' ? happening.revision : null
    this.heard(happening)
  }

  private async follow(): Promise<void> {
    await Promise.race([this.firstRevision, pause(3_000, this.stop.signal)])
    let failures = 0
    while (!this.stop.signal.aborted) {
      try {
        const started = Date.now()
        await this.read()
        failures = Date.now() - started > 5_000 ? 0 : failures + 1
      } catch (error) {
        if (this.stop.signal.aborted) return
        if (error instanceof ApiError && error.status === 401) return
        failures += 1
      }
      await pause(Math.min(500 * 2 ** failures, 20_000) * (0.5 + Math.random() / 2), this.stop.signal)
    }
  }

  private async read(): Promise<void> {
    const silence = new AbortController()
    const signal = AbortSignal.any([this.stop.signal, silence.signal])
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

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true })
  })
}
