import { api, body } from '@/api/client'
import { replaceUser } from '@/api/session'
import type { User } from '@/api/types'

export function deviceZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'
}

export async function editProfile(patch: Partial<Pick<User, 'name' | 'timezone' | 'week_start'>>): Promise<User> {
  const user = await body(api.PATCH('/api/auth/me', { body: patch }))
  replaceUser(user)
  return user
}

/** A new account lives where its owner's device does. Settings can change that; failing is no harm. */
export async function adoptTimezone(): Promise<void> {
  try {
    await editProfile({ timezone: deviceZone() })
  } catch {
    // The server's default stays.
  }
}
