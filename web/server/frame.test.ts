import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { passingOn } from './api.mjs'
import { frame, inlineScriptHashes, policyFor, securityHeaders, workerPolicyFor } from './frame.mjs'

const running: Server[] = []

async function listening(handler: RequestListener): Promise<string> {
  const server = createServer(handler).listen(0, '127.0.0.1')
  running.push(server)
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

afterEach(() => {
  for (const server of running.splice(0)) server.close()
})

const page = (script: string) => `<!doctype html><script>${script}</script><script src="/a.js"></script>${'<p>words</p>'.repeat(100)}`

function framed(handler: RequestListener, api?: RequestListener) {
  const policies = { policy: policyFor(undefined), workerPolicy: workerPolicyFor('https://cdn.example/x') }
  return listening(frame(handler, { ...policies, headers: securityHeaders({ https: false }), files: undefined, api }) as RequestListener)
}

describe('the frame around pages', () => {
  it('hashes the scripts of the very page that it sends', async () => {
    let made = 0
    const url = await framed((_, response) => {
      response.setHeader('content-type', 'text/html; charset=utf-8')
      response.write(page(`made(${++made})`).slice(0, 30))
      response.end(page(`made(${made})`).slice(30))
    })
    for (const script of ['made(1)', 'made(2)']) {
      const answer = await fetch(url)
      const policy = answer.headers.get('content-security-policy') ?? ''
      const [hash] = inlineScriptHashes(page(script))
      expect(policy).toContain(`'${hash}'`)
      expect(policy.match(/sha256-/g)).toHaveLength(1)
      expect(await answer.text()).toBe(page(script))
      expect(answer.headers.get('x-frame-options')).toBe('DENY')
    }
  })

  it('packs what the browser can unpack, and says how long it is to those who ask for the head only', async () => {
    const url = await framed((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html', 'cache-control': 's-maxage=31536000' })
      response.end(page('go()'))
    })
    const plain = await fetch(url, { method: 'HEAD', headers: { 'accept-encoding': 'identity' } })
    expect(Number(plain.headers.get('content-length'))).toBe(page('go()').length)
    expect(plain.headers.get('cache-control')).toBe('no-cache')
    const packed = await fetch(url, { headers: { 'accept-encoding': 'br' } })
    expect(packed.headers.get('content-encoding')).toBe('br')
    expect(await packed.text()).toBe(page('go()'))
  })
})

describe('the worker', () => {
  it('is asked for each time, and may fetch from here and the CDN only', async () => {
    const url = await framed((_, response) => {
      response.writeHead(200, { 'content-type': 'application/javascript', 'cache-control': 'public, max-age=0' })
      response.end('work()')
    })
    const { headers } = await fetch(`${url}/sw.js`)
    expect(headers.get('cache-control')).toBe('no-cache')
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; connect-src 'self' https://cdn.example; base-uri 'none'; frame-ancestors 'none'")
  })
})

describe('passing the API on', () => {
  it('keeps a stream a stream, and tells who asked', async () => {
    const origin = await listening((request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(`data: ${request.url} ${request.headers['x-forwarded-for']}\n\n`)
    })
    const url = await framed(() => undefined, passingOn(origin) as RequestListener)
    const stop = new AbortController()
    const answer = await fetch(`${url}/api/events`, { signal: stop.signal, headers: { 'x-forwarded-for': '192.0.2.7' } })
    const first = await answer.body!.pipeThrough(new TextDecoderStream()).getReader().read()
    expect(first.value).toBe('data: /api/events 192.0.2.7, 127.0.0.1\n\n')
    stop.abort()
  })

  it('says in the words of the API that it can not be reached', async () => {
    const gone = await listening(() => undefined)
    running.pop()?.close()
    const url = await framed(() => undefined, passingOn(gone) as RequestListener)
    const answer = await fetch(`${url}/api/tasks`)
    expect(answer.status).toBe(503)
    expect(await answer.json()).toMatchObject({ code: 'unavailable' })
  })

  it('leaves the API to the gateway when it is not told where it is', async () => {
    const url = await framed(() => undefined)
    expect((await fetch(`${url}/.well-known/jwks.json`)).status).toBe(404)
  })

  it('lets no body of one request be read as the next', async () => {
    const seen: string[] = []
    const origin = await listening((request, response) => {
      seen.push(`${request.method} ${request.url}`)
      request.resume().on('end', () => response.end('ok'))
    })
    const url = new URL(await framed(() => undefined, passingOn(origin) as RequestListener))
    const { request } = await import('node:http')
    const hidden = 'GET /api/hidden HTTP/1.1\r\nhost: x\r\n\r\n'
    const sent = request({ host: url.hostname, port: url.port, path: '/api/tasks', method: 'GET', headers: { 'transfer-encoding': 'chunked' } })
    sent.end(hidden)
    const [answer] = (await once(sent, 'response')) as [NodeJS.ReadableStream]
    await once(answer.resume(), 'end')
    expect(seen).toEqual(['GET /api/tasks'])
  })
})
