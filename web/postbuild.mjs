// Finishes the static export in web/out so that a plain file server can serve it well.
//
// What it adds
//   csp.json     {"<html file>": ["sha256-…", …]}: the hashes of that page's inline scripts, for script-src
//   *.br *.gz    beside every compressible file of 512 bytes or more (brotli 11, gzip 9), only where smaller
//   /task/x      Next writes one page per dynamic route under the placeholder id "_"
//
// How a server maps a GET or HEAD path to a file of out/ (first match wins; never outside out/)
//   1. /                                  → index.html
//   2. /_next/static/**                   → that file, `public, max-age=31536000, immutable`
//   3. a file of that name                → that file (icons, fonts, *.txt), `no-cache` with an ETag
//   4. /x/y where x/y.html exists         → x/y.html, `no-cache` with an ETag, its CSP from csp.json["x/y.html"]
//   5. /<section>/<id>[.txt|/rest.txt], where <section>/_.html exists and <id> is one path segment
//                                         → the same with <id> replaced by "_": /task/<id> → task/_.html,
//                                           /task/<id>.txt → task/_.txt, /task/<id>/__next….txt → task/_/__next….txt
//   6. anything else                      → 404 with 404.html
// csp.json, *.br and *.gz themselves are never answered by name. *.txt is text/x-component-like
// payload for the client router: send it as `text/plain; charset=utf-8`, `no-cache`, with `Vary: RSC`.
import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const OUT = join(import.meta.dirname, 'out')
const COMPRESSIBLE = new Set(['.html', '.js', '.css', '.txt', '.json', '.svg', '.xml', '.webmanifest', '.map'])
const SMALLEST = 512
const brotli = promisify(brotliCompress)
const gz = promisify(gzip)

async function filesBelow(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

function inlineScriptHashes(html) {
  const hashes = new Set()
  for (const [, attributes, body] of html.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script>/g)) {
    if (/\bsrc=/.test(attributes) || body === '') continue
    hashes.add(`sha256-${createHash('sha256').update(body, 'utf8').digest('base64')}`)
  }
  return [...hashes]
}

async function compress(file) {
  const content = await readFile(file)
  if (content.length < SMALLEST) return
  const variants = {
    '.br': await brotli(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }),
    '.gz': await gz(content, { level: 9 }),
  }
  for (const [suffix, bytes] of Object.entries(variants)) {
    if (bytes.length < content.length) await writeFile(file + suffix, bytes)
  }
}

const files = (await filesBelow(OUT)).filter((file) => !['.br', '.gz'].includes(extname(file)))
const csp = {}
for (const file of files.filter((name) => name.endsWith('.html')).sort()) {
  csp[relative(OUT, file).split(sep).join('/')] = inlineScriptHashes(await readFile(file, 'utf8'))
}
await writeFile(join(OUT, 'csp.json'), JSON.stringify(csp, null, 1))
await Promise.all(files.filter((file) => COMPRESSIBLE.has(extname(file))).map(compress))
process.stdout.write(`${files.length} files, ${Object.keys(csp).length} pages ready in out/\n`)
