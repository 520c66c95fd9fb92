import createClient from 'openapi-fetch'
import { missed, reached } from './connection'
import { ApiError, offline, problemOf } from './problem'
import type { paths } from './schema'
import { accessToken } from './session'

/** The typed client. Every answer that is not 2xx is thrown as an ApiError, also when there is no answer. */
export const api = createClient<paths>({ baseUrl: '', fetch: (request) => send(request) })

async function send(request: Request): Promise<Response> {
  // What is asked for in the midst of drawing goes out after it.
  if (request.method === 'GET') await nextTask()
  const again = request.clone()
  const token = await accessToken()
  let response = await attempt(request, token)
  if (response.status === 401) response = await attempt(again, await accessToken(token))
  if (!response.ok && response.status !== 304) throw await problemOf(response)
  return response
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })
}

// What is saved on the way out is sent to the end, though nobody is there for the answer.
let leaving = false
if (typeof window !== 'undefined') {
  addEventListener('pagehide', () => (leaving = true), true)
  addEventListener('pageshow', () => (leaving = false))
}

export async function attempt(request: Request, token: string): Promise<Response> {
  request.headers.set('Authorization', `Bearer ${token}`)
  try {
    const response = await globalThis.fetch(request, { keepalive: leaving })
    reached()
    return response
  } catch (error) {
    if (request.signal.aborted) throw error
    missed()
    throw offline()
  }
}

interface Answered<T> {
  data?: T
  response: Response
}

/** The body of an answer that has one. */
export async function body<T>(answer: Promise<Answered<T>>): Promise<T> {
  const { data, response } = await answer
  if (data === undefined) throw new ApiError(response.status, 'empty')
  return data
}

/** The body of a write, and the revision it made: what undo needs. */
export async function written<T>(answer: Promise<Answered<T>>): Promise<{ data: T; revision: string }> {
  const { data, response } = await answer
  return { data: data as T, revision: response.headers.get('Revision') ?? '' }
}

/** Sends again what failed for a passing reason. Only for requests that a repeat can't double. */
export async function persistently<T>(work: () => Promise<T>, tries = 3): Promise<T> {
  for (let attemptNumber = 1; ; attemptNumber += 1) {
    try {
      return await work()
    } catch (error) {
      const passing = error instanceof ApiError && error.passing
      if (!passing || attemptNumber >= tries || (error.retryAfter ?? 0) > 5) throw error
      const wait = (error.retryAfter ?? 0.4 * 2 ** attemptNumber) * 1000
      await new Promise((resolve) => setTimeout(resolve, wait * (0.75 + Math.random() / 2)))
    }
  }
}
