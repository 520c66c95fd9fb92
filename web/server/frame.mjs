// Around every answer of the standalone build: the same headers as src/taskmanager/api gives, and for a page
// a policy made of the hashes of its own scripts. Hashed as it is sent: a page that is rendered anew
// once an hour carries other scripts than the one that was built.
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { afterPaint } from './after-paint.mjs'

const API = ['/api/', '/.well-known/']
const WORKER = '/sw.js'
const FOREVER = 's-maxage=31536000'
const SMALLEST = 512
const TEXT = /^(text\/|application\/(javascript|json|manifest\+json)|image\/svg)/
const brotli = promisify(brotliCompress)
const gz = promisify(gzip)

export function securityHeaders({ https }) {
  return {
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'x-frame-options': 'DENY',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    ...(https && { 'strict-transport-security': 'max-age=31536000; includeSubDomains' }),
  }
}

/** What may load into a page; `assetPrefix` is where its scripts, styles, fonts and pictures are, if elsewhere. */
export function policyFor(assetPrefix) {
  const assets = originOf(assetPrefix)
  return (hashes) =>
    [
      `default-src 'none'; script-src 'self'${assets}${hashes.map((hash) => ` '${hash}'`).join('')}; style-src 'self'${assets}; style-src-attr 'unsafe-inline'`,
      `img-src 'self' data: blob:${assets}; font-src 'self'${assets}; connect-src 'self'; manifest-src 'self'; worker-src 'self'`,
      `base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'`,
    ].join('; ')
}

export function inlineScriptHashes(html) {
  const hashes = new Set()
  for (const [, attributes, body] of html.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script>/g)) {
    if (/\bsrc=/.test(attributes) || body === '') continue
    hashes.add(`sha256-${createHash('sha256').update(body, 'utf8').digest('base64')}`)
  }
  return [...hashes]
}

/** The worker runs nothing but itself, and fetches what it keeps. */
export function workerPolicyFor(assetPrefix) {
  return `default-src 'none'; connect-src 'self'${originOf(assetPrefix)}; base-uri 'none'; frame-ancestors 'none'`
}

function originOf(assetPrefix) {
  return /^https?:/.test(assetPrefix || '') ? ` ${new URL(assetPrefix).origin}` : ''
}

/** A handler for node:http around Next's. */
export function frame(handler, { policy, workerPolicy, headers, files, api }) {
  return (request, response) => {
    if (API.some((start) => request.url.startsWith(start))) return api ? api(request, response) : nowhere(response, headers)
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    if (files?.(request, response)) return
    const isWorker = request.url.split('?')[0] === WORKER
    if (isWorker) response.setHeader('content-security-policy', workerPolicy)
    hold(response, (body) => finish(request, response, body, policy, isWorker))
    // Answered like GET, so that what is said about the body is true; Node sends none of it.
    if (request.method === 'HEAD') request.method = 'GET'
    return handler(request, response)
  }
}

function nowhere(response, headers) {
  const problem = { type: 'about:blank', title: 'There is nothing here', status: 404, code: 'not_found', detail: 'the API is not served here: set API_ORIGIN, or let the gateway pass it on' }
  response.writeHead(404, { ...headers, 'content-type': 'application/problem+json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(problem))
}

/** Keeps what is written until it is whole. Pages are small, and none is streamed. */
function hold(response, whole) {
  const { end } = response
  const parts = []
  const take = (chunk, encoding) => {
    if (chunk && typeof chunk !== 'function') parts.push(typeof chunk === 'string' ? Buffer.from(chunk, typeof encoding === 'string' ? encoding : 'utf8') : Buffer.from(chunk))
  }
  const call = (...given) => given.find((value) => typeof value === 'function')
  response.writeHead = (status, ...given) => {
    response.statusCode = status
    const fields = given.find((value) => typeof value === 'object' && value !== null)
    for (const [name, value] of Object.entries(fields ?? {})) response.setHeader(name, value)
    return response
  }
  response.flushHeaders = () => undefined
  response.write = (chunk, encoding, done) => {
    take(chunk, encoding)
    const said = call(encoding, done)
    if (said) queueMicrotask(said)
    return true
  }
  response.end = (chunk, encoding, done) => {
    take(chunk, encoding)
    for (const name of ['writeHead', 'flushHeaders', 'write', 'end']) delete response[name]
    const said = call(chunk, encoding, done)
    whole(Buffer.concat(parts)).then(
      (body) => end.call(response, body, said),
      (error) => response.destroy(error),
    )
    return response
  }
}

async function finish(request, response, made, policy, isWorker) {
  const type = String(response.getHeader('content-type') ?? '')
  let body = made
  if (type.startsWith('text/html') && body.length > 0) {
    const html = afterPaint(body.toString('utf8'))
    body = Buffer.from(html)
    response.setHeader('content-security-policy', policy(inlineScriptHashes(html)))
  }
  // Not once an hour but never anew: only the next build makes another, and that may be any moment.
  // The worker neither: which files there are is written in it.
  if (isWorker || String(response.getHeader('cache-control') ?? '').startsWith(FOREVER)) response.setHeader('cache-control', 'no-cache')
  const packed = await pack(request.headers['accept-encoding'] ?? '', type, body, response)
  if (response.statusCode !== 304) response.setHeader('content-length', packed.length)
  return packed
}

async function pack(accepted, type, body, response) {
  if (!TEXT.test(type)) return body
  response.appendHeader('vary', 'Accept-Encoding')
  if (body.length < SMALLEST || response.hasHeader('content-encoding')) return body
  const wanted = accepted.split(',').map((part) => part.split(';')[0].trim())
  const encoding = wanted.includes('br') ? 'br' : wanted.includes('gzip') ? 'gzip' : undefined
  if (!encoding) return body
  response.setHeader('content-encoding', encoding)
  return encoding === 'br' ? brotli(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }) : gz(body)
}
