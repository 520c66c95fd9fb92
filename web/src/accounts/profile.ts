import { api, body } from '@/api/client'
import { leaveEverywhere, replaceUser } from '@/api/session'
import type { User } from '@/api/types'

export function deviceZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'
}

export async function editProfile(patch: Partial<Pick<User, 'name' | 'timezone' | 'locale' | 'week_start'>>): Promise<User> {
  const user = await body(api.PATCH('/api/auth/me', { body: patch }))
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

const TAG = /^[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?$/

/** A new account lives where its owner's device does, and speaks its language. Settings can change that; failing is no harm. */
export async function adoptTimezone(): Promise<void> {
  try {
    await editProfile({ timezone: deviceZone(), ...(TAG.test(navigator.language) && { locale: navigator.language }) })
  } catch {
    // The server's default stays.
  }
}
