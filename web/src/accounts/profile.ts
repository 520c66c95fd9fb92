import { api, body as read } from '@/api/client'
import { leaveEverywhere, replaceUser } from '@/api/session'
import type { User } from '@/api/types'

export function deviceZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'
}

export async function editProfile(patch: Partial<Pick<User, 'name' | 'timezone' | 'locale' | 'week_start'>>): Promise<User> {
  const user = await read(api.PATCH('/api/auth/me', { body: patch }))
  replaceUser(user)
  return user
}

/** The account, and everything that this browser kept for whoever used it. */
export async function deleteAccount(password: string): Promise<void> {
  await api.DELETE('/api/auth/me', { body: { password } })
  try {
    localStorage.clear()
    sessionStorage.clear()
  } catch {
    // Then nothing was kept.
  }
  leaveEverywhere('deleted')
}

/** The tag of the first version, also from a proxy that packed it. */
const UNCHANGED = /^(W\/)?"1"$/
const TAG = /^[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?$/

/**
 * An account that was never changed lives where the device does that its owner first signs in on, and speaks its
 * language. Settings can change that; failing is no harm.
 */
export async function adoptDevice(): Promise<void> {
  try {
    const { response } = await api.GET('/api/auth/me')
    if (!UNCHANGED.test(response.headers.get('ETag') ?? '')) return
    const body = { timezone: deviceZone(), ...(TAG.test(navigator.language) && { locale: navigator.language }) }
    replaceUser(await read(api.PATCH('/api/auth/me', { params: { header: { 'If-Match': '"1"' } }, body })))
  } catch {
    // The server's default stays.
  }
}
