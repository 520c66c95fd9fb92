/** Set where this browser signed in before. */
export const MARK = 'signed-in'
/** The lock of whoever asks for the session. */
export const REFRESH = 'session-refresh'
/** What pages read first, by their paths: asked for at their next start before any code is there. */
export const READS = 'first-reads'

/** `about` goes with the answers as it was kept; from `until` on, the page reads something else. */
export interface FirstReads {
  urls: readonly string[]
  about: unknown
  until: number
}

declare global {
  var refreshed: Promise<Response> | undefined
  var firstReads: { about: unknown; answers: Promise<Response[]> } | undefined
}

/**
 * Runs before anything else of a page does. Where somebody signed in before, the session is asked for while the
 * code is still on its way; under the lock, so that no other tab does so at the same time. With it, what this page
 * read first the last time.
 */
export const SESSION_BEFORE_CODE = `try{if(navigator.locks&&location.pathname!=='/'&&localStorage.getItem('${MARK}')==='1'){refreshed=navigator.locks.request('${REFRESH}',function(){return fetch('/api/auth/refresh',{method:'POST'})});refreshed.catch(function(){});var kept=!location.search&&JSON.parse(localStorage.getItem('${READS}')||'{}')[location.pathname];if(kept&&kept.until>Date.now()){firstReads={about:kept.about,answers:refreshed.then(function(answer){return answer.ok?answer.clone().json():Promise.reject(answer)}).then(function(grant){return Promise.all(kept.urls.map(function(url){return fetch(url,{headers:{Authorization:'Bearer '+grant.access_token}})}))})};firstReads.answers.catch(function(){})}}}catch(e){}`

/** What was answered to that, once, and only to who has no session yet. */
export function askedBeforeCode(): Promise<Response> | undefined {
  const answer = globalThis.refreshed
  globalThis.refreshed = undefined
  return answer
}

export function keepReads(reads: Record<string, FirstReads>): void {
  try {
    localStorage.setItem(READS, JSON.stringify(reads))
  } catch {
    // Then the next start asks a little later.
  }
}
