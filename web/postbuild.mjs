// Finishes what `next build` made: `node postbuild.mjs export | standalone`.
//
// standalone: web/standalone becomes a folder that runs by itself: `node serve.mjs` (server/serve.mjs).
// export: web/out becomes what a plain file server can serve well.
//
// What it adds
//   csp.json     {"<html file>": ["sha256-…", …]}: the hashes of that page's inline scripts, for script-src;
//                "@assets": the origins that ASSET_PREFIX named at build, for script-, style-, img- and font-src
//   sw.js        sw/worker.js with the list of what it keeps for a start without a connection
//   *.w640.webp  beside each picture of the app: its widths for src/ui/image-loader.ts
//   *.js         begin with the hint to compile them whole while they arrive, in both builds
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
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import sharp from 'sharp'
import { afterPaint } from './server/after-paint.mjs'
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

/** A script that begins so is compiled whole while it arrives, beside the main thread: not function by function there. */
const COMPILED_EARLY = '//# allFunctionsCalledOnLoad\n'

async function compileEarly(chunks) {
  for (const file of (await filesBelow(chunks)).filter((name) => extname(name) === '.js')) await writeFile(file, COMPILED_EARLY + (await readFile(file, 'utf8')))
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

/** `paths`: pages and plain files; `chunks`: what is hashed, below `_next/static/`. `version` changes with any of them. */
async function writeWorker(folder, paths, chunks, version) {
  const prefix = process.env.ASSET_PREFIX || ''
  const sections = paths.flatMap((path) => (path.endsWith('/_') ? [path.split('/')[1]] : []))
  const files = [...paths, ...chunks.filter((name) => extname(name) !== '.webp').map((name) => `${prefix}/_next/static/${name}`)].sort()
  const hash = createHash('sha256').update(JSON.stringify(files)).update(version).digest('hex').slice(0, 16)
  const manifest = { version: hash, prefix, sections, files }
  await writeFile(join(folder, 'sw.js'), `const MANIFEST = ${JSON.stringify(manifest)}\n${await readFile(join(WEB, 'sw/worker.js'), 'utf8')}`)
}

const named = async (folder) => (await filesBelow(folder)).filter((file) => !['.br', '.gz'].includes(extname(file))).map((file) => relative(folder, file).split(sep).join('/'))

/** The app's pages with what the client router reads of them, and the public ones as far as they lead into it. */
async function exportedPaths(out) {
  const files = (await named(out)).filter((name) => !name.startsWith('_next/') && !/^(404|_not-found|csp)\b/.test(name))
  const hashes = createHash('sha256')
  for (const name of files.sort()) hashes.update(await readFile(join(out, name)))
  const paths = files.map((name) => `/${name === 'index.html' ? '' : name.replace(/\.html$/, '')}`)
  return { paths, version: hashes.digest('hex') }
}

async function finishExport(out) {
  for (const file of (await filesBelow(out)).filter((name) => extname(name) === '.html')) await writeFile(file, afterPaint(await readFile(file, 'utf8')))
  await resize(join(out, '_next/static/media'))
  await compileEarly(join(out, '_next/static/chunks'))
  const { paths, version } = await exportedPaths(out)
  await writeWorker(out, paths, await named(join(out, '_next/static')), version)
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
  await compileEarly(join(folder, '.next/static/chunks'))
  await cp(join(WEB, 'public'), join(folder, 'public'), { recursive: true, force: true })
  // Next's own server would send pages without a policy: there is one way to start this.
  await rm(join(folder, 'server.js'))
  await cp(join(WEB, 'server'), folder, { recursive: true, filter: (path) => !path.endsWith('.test.ts') })
  await resize(join(folder, '.next/static/media'))
  const { routes } = JSON.parse(await readFile(join(WEB, '.next/prerender-manifest.json'), 'utf8'))
  const paths = [...Object.keys(routes).filter((path) => path !== '/_not-found' && path !== '/_global-error'), ...(await named(join(WEB, 'public'))).map((name) => `/${name}`)]
  await writeWorker(join(folder, 'public'), paths, await named(join(folder, '.next/static')), await readFile(join(WEB, '.next/BUILD_ID'), 'utf8'))
  await Promise.all((await filesBelow(join(folder, '.next/static'))).filter((file) => COMPRESSIBLE.has(extname(file))).map(compress))
  process.stdout.write('ready in standalone/: node serve.mjs\n')
}

if (process.argv[2] === 'standalone') await assembleStandalone(join(WEB, 'standalone'))
else await finishExport(join(WEB, 'out'))
