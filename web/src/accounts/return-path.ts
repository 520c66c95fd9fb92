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

/** `why` is said there: what happened to the session before. */
export function signInPath(from: string, why?: Why): string {
  return `/sign-in?return=${encodeURIComponent(from)}${why ? `&why=${why}` : ''}`
}

const WHYS = ['left', 'ended'] as const
export type Why = (typeof WHYS)[number]

/** Read from an address, where anything may stand. */
export function whyIn(search: string): Why | null {
  const said = new URLSearchParams(search).get('why')
  return WHYS.find((why) => why === said) ?? null
}
