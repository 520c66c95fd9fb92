// The files with a hash in their names, packed when they were built. Known from the start; nothing else is opened.
import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
}
const ENCODINGS = { br: '.br', gzip: '.gz' }

/** Answers for `start`, or tells that it has no such file. `elsewhere`: pages of another origin use them. */
export function staticFiles(folder, start, { elsewhere }) {
  const known = new Map()
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile() && !['.br', '.gz'].includes(extname(path))) known.set(start + relative(folder, path).split(sep).join('/'), variants(path))
  }
  return (request, response) => {
    const found = known.get(decoded(request.url))
    if (!found || !['GET', 'HEAD'].includes(request.method)) return false
    send(found, request, response, elsewhere)
    return true
  }
}

function variants(path) {
  const packed = Object.entries(ENCODINGS).filter(([, suffix]) => existsSync(path + suffix))
  return { path, size: statSync(path).size, type: TYPES[extname(path)] ?? 'application/octet-stream', packed: new Map(packed.map(([name, suffix]) => [name, { path: path + suffix, size: statSync(path + suffix).size }])) }
}

function send(file, request, response, elsewhere) {
  const accepted = (request.headers['accept-encoding'] ?? '').split(',').map((part) => part.split(';')[0].trim())
  const encoding = [...file.packed.keys()].find((name) => accepted.includes(name))
  const { path, size } = encoding ? file.packed.get(encoding) : file
  response.writeHead(200, {
    'content-type': file.type,
    'content-length': size,
    'cache-control': 'public, max-age=31536000, immutable',
    vary: 'Accept-Encoding',
    ...(encoding && { 'content-encoding': encoding }),
    ...(elsewhere && { 'cross-origin-resource-policy': 'cross-origin', 'access-control-allow-origin': '*' }),
  })
  if (request.method === 'HEAD') response.end()
  else createReadStream(path).on('error', (error) => response.destroy(error)).pipe(response)
}

function decoded(url) {
  try {
    return decodeURIComponent(url.split('?')[0])
  } catch {
    return ''
  }
}
