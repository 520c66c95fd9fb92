// Finishes what `next build` made: `node postbuild.mjs export | standalone`.
//
// standalone: web/standalone becomes a folder that runs by itself: `node serve.mjs` (server/serve.mjs).
// export: web/out becomes what a plain file server can serve well.
//
// What it adds
//   csp.json     {"<html file>": ["sha256-…", …]}: the hashes of that page's inline scripts, for script-src;
//                "@assets": the origins that ASSET_PREFIX named at build, for script-, style-, img- and font-src
//   *.w640.webp  beside each picture of the app: its widths for src/ui/image-loader.ts
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
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import sharp from 'sharp'
import { inlineScriptHashes } from './server/frame.mjs'

const WEB = import.meta.dirname
const COMPRESSIBLE = new Set(['.html', '.js', '.css', '.txt', '.json', '.svg', '.xml', '.webmanifest', '.map'])
const SMALLEST = 512
const brotli = promisify(brotliCompress)
const gz = promisify(gzip)

async function filesBelow(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
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

/** Each picture in the widths that next.config.ts lets a page ask for; never wider than it is. */
async function resize(folder) {
  const widths = /deviceSizes: \[([\d, ]+)\]/.exec(await readFile(join(WEB, 'next.config.ts'), 'utf8'))[1].split(',').map(Number)
  for (const file of await filesBelow(folder)) {
    if (extname(file) !== '.webp' || /\.w\d+\.webp$/.test(file)) continue
    for (const width of widths) {
      await sharp(file).resize({ width, withoutEnlargement: true }).webp({ quality: 78, effort: 6 }).toFile(file.replace(/\.webp$/, `.w${width}.webp`))
    }
  }
}

async function finishExport(out) {
  await resize(join(out, '_next/static/media'))
  const files = (await filesBelow(out)).filter((file) => !['.br', '.gz'].includes(extname(file)))
  const csp = {}
  const assets = /^https?:/.test(process.env.ASSET_PREFIX || '') ? [new URL(process.env.ASSET_PREFIX).origin] : []
  if (assets.length > 0) csp['@assets'] = assets
  for (const file of files.filter((name) => name.endsWith('.html')).sort()) {
    csp[relative(out, file).split(sep).join('/')] = inlineScriptHashes(await readFile(file, 'utf8'))
  }
  await writeFile(join(out, 'csp.json'), JSON.stringify(csp, null, 1))
  await Promise.all(files.filter((file) => COMPRESSIBLE.has(extname(file))).map(compress))
  process.stdout.write(`${files.length} files, ${Object.keys(csp).length} pages ready in out/\n`)
}

async function assembleStandalone(folder) {
  await rm(folder, { recursive: true, force: true })
  await cp(join(WEB, '.next/standalone'), folder, { recursive: true, verbatimSymlinks: true })
  await cp(join(WEB, '.next/static'), join(folder, '.next/static'), { recursive: true })
  await cp(join(WEB, 'public'), join(folder, 'public'), { recursive: true, force: true }).catch((error) => {
    if (error.code !== 'ENOENT') throw error
  })
  // Next's own server would send pages without a policy: there is one way to start this.
  await rm(join(folder, 'server.js'))
  await cp(join(WEB, 'server'), folder, { recursive: true, filter: (path) => !path.endsWith('.test.ts') })
  await resize(join(folder, '.next/static/media'))
  await Promise.all((await filesBelow(join(folder, '.next/static'))).filter((file) => COMPRESSIBLE.has(extname(file))).map(compress))
  process.stdout.write('ready in standalone/: node serve.mjs\n')
}

if (process.argv[2] === 'standalone') await assembleStandalone(join(WEB, 'standalone'))
else await finishExport(join(WEB, 'out'))
