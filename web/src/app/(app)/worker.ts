const AT_REST = 4_000

/** The worker that opens the app without a connection. It is fetched once the page has come to rest; plain http has none. */
export function installWorker(): (() => void) | undefined {
  if (process.env.NODE_ENV !== 'production' || !('serviceWorker' in navigator)) return undefined
  const timer = setTimeout(() => void navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' }).catch(() => undefined), AT_REST)
  return () => clearTimeout(timer)
}
