/* global MANIFEST -- postbuild.mjs writes it before this: {version, prefix, files, sections} */
// Opens the app without a connection. Pages come from the network as long as it answers in time; what is hashed
// comes from here. Nothing below /api is looked at, and nothing is kept but what the build made.

const CACHE = `app-${MANIFEST.version}`
/** Builds that stay: a tab that was opened before the last one still finds its scripts. */
const BUILDS = 3
const AT_ONCE = 6
const PATIENCE = 3_000
const HASHED = `${MANIFEST.prefix}/_next/static/`
const FILES = new Set(MANIFEST.files)

self.addEventListener('install', (event) => {
  // Requests to the API need not wait for this worker to start.
  if (event.addRoutes) event.waitUntil(event.addRoutes({ condition: { urlPattern: { pathname: '/api/*' } }, source: 'network' }).catch(() => undefined))
  event.waitUntil(fill().then(() => self.skipWaiting()))
})

self.addEventListener('activate', (event) => {
  event.waitUntil(Promise.all([forgetOldBuilds(), self.registration.navigationPreload?.enable(), self.clients.claim()]))
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  if (request.method !== 'GET') return
  const url = new URL(request.url)
  if (isHashed(url)) return event.respondWith(hashed(request))
  if (url.origin !== self.location.origin) return
  const path = fileOf(url.pathname)
  if (FILES.has(path)) event.respondWith(freshOrKept(event, path))
})

async function fill() {
  const cache = await caches.open(CACHE)
  const waiting = [...MANIFEST.files]
  const fetchSome = async () => {
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      if (await cache.match(path, { ignoreVary: true })) continue
      await cache.put(path, await read(path))
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, fetchSome))
}

async function read(path) {
  const same = isHashed(new URL(path, self.location.origin))
  const before = same && (await caches.match(path, { ignoreVary: true }))
  const response = before || (await fetch(path, { cache: same ? 'default' : 'no-cache', credentials: 'omit' }))
  if (!response.ok || response.redirected) throw new Error(`${path}: ${response.status}`)
  return response
}

async function forgetOldBuilds() {
  const builds = (await caches.keys()).filter((name) => name.startsWith('app-') && name !== CACHE)
  await Promise.all(builds.slice(0, Math.max(builds.length - BUILDS + 1, 0)).map((name) => caches.delete(name)))
}

function isHashed(url) {
  return url.href.startsWith(new URL(HASHED, self.location.origin).href)
}

async function hashed(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request)
}

async function freshOrKept(event, path) {
  const fresh = ask(event)
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE))
  const response = await Promise.race([fresh.catch(() => undefined), late])
  if (response && response.status < 500) return response
  const cache = await caches.open(CACHE)
  return (await cache.match(path, { ignoreVary: true })) ?? response ?? fresh
}

async function ask(event) {
  return (await event.preloadResponse) ?? fetch(event.request)
}

/** One file serves every id of a section, as the server maps them (postbuild.mjs). */
function fileOf(pathname) {
  const [, section, id, ...rest] = pathname.split('/')
  if (!id || !MANIFEST.sections.includes(section)) return pathname
  const placeholder = rest.length === 0 && id.endsWith('.txt') ? '_.txt' : '_'
  return ['', section, placeholder, ...rest].join('/')
}
