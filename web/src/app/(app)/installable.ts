const AT_REST = 4_000

/**
 * What makes the app one that can be installed: the worker that opens it without a connection, and how a device shows
 * it. Both are fetched once the page has come to rest; plain http has none.
 */
export function makeInstallable(): (() => void) | undefined {
  if (process.env.NODE_ENV !== 'production' || !('serviceWorker' in navigator)) return undefined
  const timer = setTimeout(() => {
    void navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' }).catch(() => undefined)
    if (document.querySelector('link[rel=manifest]')) return
    document.head.append(Object.assign(document.createElement('link'), { rel: 'manifest', href: '/manifest.webmanifest' }))
  }, AT_REST)
  return () => clearTimeout(timer)
}
