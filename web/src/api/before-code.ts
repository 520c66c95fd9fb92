/** Set where this browser signed in before. */
export const MARK = 'signed-in'
/** The lock of whoever asks for the session. */
export const REFRESH = 'session-refresh'
/** What pages read first: asked for at their next start before any code is there. */
export const READS = 'first-reads'

/** `about` belongs to all paths; from `until` on, a path asks for something else. What it asks for first is shown first. */
export interface FirstReads {
  about: unknown
  paths: Record<string, { asks: { url: string; key: readonly unknown[] }[]; until: number }>
}

declare global {
  var refreshed: Promise<Response> | undefined
  var firstRead: { about: unknown; asked: { key: readonly unknown[]; answer: Promise<Response> }[] } | undefined
}

/** So wide, in pixels, is the narrowest of what stands side by side: of what is not in sight, or hardly, nothing is asked. */
const NARROWEST = 288

/** With the session, what this page read first the last time. */
const READ = `var kept=JSON.parse(localStorage.getItem('${READS}')||'null'),one=kept&&kept.paths[location.pathname+location.search];if(one&&one.until>Date.now()){var grant=refreshed.then(function(answer){return answer.ok?answer.clone().json():Promise.reject(answer)});firstRead={about:kept.about,asked:one.asks.slice(0,Math.max(1,Math.floor(Math.min(innerWidth,screen.width)/${NARROWEST}))).map(function(ask){var answer=grant.then(function(given){return fetch(ask.url,{headers:{Authorization:'Bearer '+given.access_token}})});answer.catch(function(){});return{key:ask.key,answer:answer}})}}`

/**
 * Runs before anything else of a page does. Where somebody signed in before, the session is asked for while the
 * code is still on its way; under the lock, so that no other tab does so at the same time.
 */
export const SESSION_BEFORE_CODE = `try{if(navigator.locks&&location.pathname!=='/'&&localStorage.getItem('${MARK}')==='1'){refreshed=navigator.locks.request('${REFRESH}',function(){return fetch('/api/auth/refresh',{method:'POST'})});refreshed.catch(function(){});${READ}}}catch(e){}`

/** What was answered to that, once, and only to who has no session yet. */
export function askedBeforeCode(): Promise<Response> | undefined {
  const answer = globalThis.refreshed
  globalThis.refreshed = undefined
  return answer
}

export function keepReads(reads: FirstReads | null): void {
  try {
    if (reads) localStorage.setItem(READS, JSON.stringify(reads))
    else localStorage.removeItem(READS)
  } catch {
    // Then the next start asks a little later.
  }
}
