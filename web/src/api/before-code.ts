/** Set where this browser signed in before. */
export const MARK = 'signed-in'
/** The lock of whoever asks for the session. */
export const REFRESH = 'session-refresh'

declare global {
  var refreshed: Promise<Response> | undefined
}

/**
 * Runs before anything else of a page does. Where somebody signed in before, the session is asked for while the
 * code is still on its way; under the lock, so that no other tab does so at the same time.
 */
export const SESSION_BEFORE_CODE = `try{if(navigator.locks&&location.pathname!=='/'&&localStorage.getItem('${MARK}')==='1'){refreshed=navigator.locks.request('${REFRESH}',function(){return fetch('/api/auth/refresh',{method:'POST'})});refreshed.catch(function(){})}}catch(e){}`

/** What was answered to that, once, and only to who has no session yet. */
export function askedBeforeCode(): Promise<Response> | undefined {
  const answer = globalThis.refreshed
  globalThis.refreshed = undefined
  return answer
}
