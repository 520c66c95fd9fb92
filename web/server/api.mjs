// Passes the API's requests on to where it is, as they come and as they are answered (event streams too).
import { Agent as HttpAgent, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'

/** What belongs to one connection and not to the message. */
const HOP = new Set(['connection', 'expect', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'])

export function passingOn(origin) {
  const { protocol, hostname, port } = new URL(origin)
  const [ask, Agent] = protocol === 'https:' ? [httpsRequest, HttpsAgent] : [httpRequest, HttpAgent]
  const agent = new Agent({ keepAlive: true })
  return (request, response) => {
    const upstream = ask({ hostname, port, agent, method: request.method, path: request.url, headers: forwarded(request) })
    upstream.on('response', (answer) => {
      response.writeHead(answer.statusCode, kept(answer.rawHeaders))
      answer.on('error', () => response.destroy()).pipe(response)
    })
    upstream.on('error', () => unreachable(response))
    response.on('close', () => upstream.destroy())
    request.pipe(upstream)
  }
}

function forwarded(request) {
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !HOP.has(name)))
  // Framed as it came: Node would send the body of a GET bare otherwise, to be read as the next request.
  if (request.headers['transfer-encoding']) headers['transfer-encoding'] = 'chunked'
  const before = headers['x-forwarded-for']
  headers['x-forwarded-for'] = before ? `${before}, ${request.socket.remoteAddress}` : request.socket.remoteAddress
  return headers
}

function kept(raw) {
  const headers = []
  for (let at = 0; at < raw.length; at += 2) if (!HOP.has(raw[at].toLowerCase())) headers.push(raw[at], raw[at + 1])
  return headers
}

function unreachable(response) {
  if (response.headersSent) return response.destroy()
  const problem = { type: 'about:blank', title: 'The service does not answer just now', status: 503, code: 'unavailable' }
  response.writeHead(503, { 'content-type': 'application/problem+json', 'cache-control': 'no-store', 'retry-after': '2', 'x-content-type-options': 'nosniff' })
  response.end(JSON.stringify(problem))
}
