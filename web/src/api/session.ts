'use client'

import { useSyncExternalStore } from 'react'
import { askedBeforeCode, MARK, READS, REFRESH } from './before-code'
import { missed, reached } from './connection'
import { forgetAccount } from './database'
import { withLock } from './locks'
import { ApiError, offline, problemOf } from './problem'
import type { Grant, User } from './types'

/** Why somebody is not signed in any more: they left, their session ended, or their account is gone. */
export type Reason = 'left' | 'ended' | 'deleted'

/**
 * Who is signed in, in this browser. The access token lives in memory only; tabs hand it to each other,
 * so that one refresh serves all of them. `unreachable`: nobody can say right now, nothing is lost;
 * `offline`: the same where somebody was signed in last, who may look at what this browser kept.
 */
export type Session =
  | { state: 'unknown' }
  | { state: 'unreachable'; error: ApiError }
  | { state: 'offline'; error: ApiError; user: User }
  | { state: 'out'; why?: Reason }
  | { state: 'in'; token: string; expires: number; user: User }

type Note = { type: 'grant'; token: string; expires: number; user: User } | { type: 'out'; why?: Reason }

const EARLY = 60_000
const ENDED = 'ended'
const WHO = 'last-user'

let session: Session = { state: 'unknown' }
let refreshing: Promise<Session> | null = null
let timer: ReturnType<typeof setTimeout> | undefined
let channel: BroadcastChannel | null = null
const listeners = new Set<() => void>()

export function currentSession(): Session {
  return session
}

export function subscribeSession(listener: () => void): () => void {
  openChannel()
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function useSession(): Session {
  return useSyncExternalStore(subscribeSession, currentSession, () => UNKNOWN)
}

const UNKNOWN: Session = { state: 'unknown' }

/** The signed-in person. Only rendered below the gate that waits for one. */
export function useUser(): User {
  const user = useMember()
  if (!user) throw new Error('useUser needs somebody signed in')
  return user
}

/** The same where there may be nobody. */
export function useMember(): User | null {
  const now = useSession()
  return now.state === 'in' || now.state === 'offline' ? now.user : null
}

/** True where this browser signed in before; says nothing about whether that still holds. */
export function wasSignedIn(): boolean {
  return marked() === '1'
}

/** True from when a session ended by itself until somebody signs in again, or leaves. */
export function sessionEnded(): boolean {
  return marked() === ENDED
}

function marked(): string | null {
  try {
    return localStorage.getItem(MARK)
  } catch {
    return null
  }
}

export async function signIn(email: string, password: string): Promise<User> {
  return admit(await granted(post('/api/auth/login', { email, password })))
}

export async function register(name: string, email: string, password: string): Promise<User> {
  return admit(await granted(post('/api/auth/register', { email, password, name })))
}

/** As long as the server has not ended the session, nobody is told that they are signed out. */
export async function signOut(): Promise<void> {
  await answered(post('/api/auth/logout'))
  leaveEverywhere('left')
}

/** Every other session ends; this one goes on with what is granted for it. No refresh may come in between. */
export async function changePassword(current: string, next: string): Promise<void> {
  const token = await accessToken()
  await withLock(REFRESH, async () => admit(await granted(post('/api/auth/password', { current, new: next }, token))))
}

/** In this tab and all others. */
export function leaveEverywhere(why: Reason): void {
  leave(why)
  channel?.postMessage({ type: 'out', why } satisfies Note)
}

export function replaceUser(user: User): void {
  if (session.state !== 'in') return
  become({ ...session, user })
  channel?.postMessage({ type: 'grant', token: session.token, expires: session.expires, user } satisfies Note)
}

/** A token that is good for at least a moment; refreshes when needed. `stale` was just refused. */
export async function accessToken(stale?: string): Promise<string> {
  const usable = (now: Session) => now.state === 'in' && now.token !== stale && now.expires - Date.now() > 5_000
  if (session.state === 'in' && usable(session)) return session.token
  const now = await refresh(usable)
  if (now.state === 'in') return now.token
  if (now.state === 'unreachable' || now.state === 'offline') throw now.error
  throw new ApiError(401, 'unauthenticated')
}

/** Finds out who is signed in, once, at the start of a page. */
export function restoreSession(): Promise<Session> {
  openChannel()
  if (session.state === 'in' || session.state === 'out') return Promise.resolve(session)
  return refresh((now) => now.state === 'in')
}

function refresh(enough: (now: Session) => boolean): Promise<Session> {
  refreshing ??= withLock(REFRESH, async () => {
    if (enough(session)) return session
    try {
      admit(await granted(askedBeforeCode() ?? post('/api/auth/refresh')))
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (error.status === 401 || error.status === 403) {
        if (session.state !== 'out') leave(session.state === 'in' || wasSignedIn() || sessionEnded() ? 'ended' : undefined)
      } else if (session.state === 'in') return { state: 'unreachable', error } as const
      else becomeUnreachable(error)
    }
    return session
  }).finally(() => {
    refreshing = null
  })
  return refreshing
}

async function granted(asked: Promise<Response>): Promise<Grant> {
  return (await (await answered(asked)).json()) as Grant
}

function post(path: string, body?: object, token?: string): Promise<Response> {
  const headers = { ...(body && { 'Content-Type': 'application/json' }), ...(token && { Authorization: `Bearer ${token}` }) }
  return fetch(path, { method: 'POST', headers, ...(body && { body: JSON.stringify(body) }) })
}

async function answered(asked: Promise<Response>): Promise<Response> {
  let response: Response
  try {
    response = await asked
    reached()
  } catch {
    missed()
    throw offline()
  }
  if (!response.ok) throw await problemOf(response)
  return response
}

function admit(grant: Grant): User {
  const note = { token: grant.access_token, expires: Date.now() + grant.expires_in * 1000, user: grant.user }
  become({ state: 'in', ...note })
  channel?.postMessage({ type: 'grant', ...note } satisfies Note)
  return grant.user
}

function leave(why?: Reason): void {
  const user = session.state === 'in' || session.state === 'offline' ? session.user : lastUser()
  if (user) void forgetAccount(user.id, why === 'deleted' ? ['kept', 'outbox'] : ['kept'])
  become({ state: 'out', why })
}

function becomeUnreachable(error: ApiError): void {
  if (session.state === 'offline') return
  const user = lastUser()
  become(user ? { state: 'offline', error, user } : { state: 'unreachable', error })
}

function lastUser(): User | null {
  try {
    return JSON.parse(localStorage.getItem(WHO) ?? 'null') as User | null
  } catch {
    return null
  }
}

function become(next: Session): void {
  session = next
  askedBeforeCode()
  clearTimeout(timer)
  if (next.state === 'in') {
    const wait = Math.max(next.expires - Date.now() - EARLY, 1_000)
    timer = setTimeout(() => void refresh((now) => now.state === 'in' && now.expires - Date.now() > EARLY), wait)
  }
  try {
    if (next.state === 'in') {
      localStorage.setItem(MARK, '1')
      localStorage.setItem(WHO, JSON.stringify(next.user))
    }
    if (next.state === 'out') for (const name of [MARK, WHO, READS]) localStorage.removeItem(name)
    if (next.state === 'out' && next.why === 'ended') localStorage.setItem(MARK, ENDED)
  } catch {
    // Only a hint for the doors, and for a start without a connection.
  }
  for (const listener of listeners) listener()
}

function openChannel(): void {
  if (channel || typeof BroadcastChannel === 'undefined') return
  channel = new BroadcastChannel('session')
  channel.onmessage = ({ data }: MessageEvent<Note>) => {
    if (data.type === 'out') leave(data.why)
    else become({ state: 'in', token: data.token, expires: data.expires, user: data.user })
  }
}
