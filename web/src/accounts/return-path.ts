/** Where to go after signing in: a path of this site, never somewhere else. */
export function safePath(wanted: string | null | undefined, fallback = '/today'): string {
  if (!wanted || !wanted.startsWith('/')) return fallback
  try {
    const url = new URL(wanted, 'http://site.invalid')
    const path = url.pathname + url.search
    return url.origin === 'http://site.invalid' && !path.startsWith('//') ? path : fallback
  } catch {
    return fallback
  }
}

export function signInPath(from: string): string {
  return `/sign-in?return=${encodeURIComponent(from)}`
}
