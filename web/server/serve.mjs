// Serves the standalone build: `node serve.mjs` in the folder that postbuild.mjs assembled.
//
//   PORT, HOSTNAME          where to listen; 3000 on 127.0.0.1
//   API_ORIGIN              where /api and /.well-known are passed on to; without it a gateway does that
//   TASKMANAGER_PUBLIC_URL  the address people use; with https it is told that it always is
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { passingOn } from './api.mjs'
import { staticFiles } from './files.mjs'
import { frame, policyFor, securityHeaders, workerPolicyFor } from './frame.mjs'

const DRAIN = 15_000
/** Longer than a gateway keeps idle connections, which would otherwise write into one just closed. */
const KEEP_ALIVE = 75_000
const FOLDER = import.meta.dirname

async function nextHandler(port, hostname) {
  process.env.NODE_ENV = 'production'
  process.chdir(FOLDER)
  const { config } = JSON.parse(readFileSync(join(FOLDER, '.next/required-server-files.json'), 'utf8'))
  process.env.__NEXT_PRIVATE_STANDALONE_CONFIG = JSON.stringify(config)
  const next = createRequire(join(FOLDER, 'serve.mjs'))('next')
  const app = next({ dev: false, dir: FOLDER, hostname, port, conf: config })
  await app.prepare()
  return { handler: app.getRequestHandler(), assetPrefix: config.assetPrefix }
}

function start(server, port, hostname) {
  server.keepAliveTimeout = KEEP_ALIVE
  server.listen(port, hostname, () => process.stdout.write(`TaskManager's pages are at http://${hostname}:${server.address().port}\n`))
  for (const signal of ['SIGTERM', 'SIGINT']) {
    process.once(signal, () => {
      server.close(() => process.exit(0))
      server.closeIdleConnections()
      setTimeout(() => process.exit(0), DRAIN).unref()
    })
  }
}

const { PORT = '3000', HOSTNAME = '127.0.0.1', API_ORIGIN, TASKMANAGER_PUBLIC_URL = '' } = process.env
const { handler, assetPrefix } = await nextHandler(Number(PORT), HOSTNAME)
const framed = frame(handler, {
  policy: policyFor(assetPrefix),
  workerPolicy: workerPolicyFor(assetPrefix),
  headers: securityHeaders({ https: TASKMANAGER_PUBLIC_URL.startsWith('https://') }),
  files: staticFiles(join(FOLDER, '.next/static'), '/_next/static/', { elsewhere: Boolean(assetPrefix) }),
  api: API_ORIGIN ? passingOn(API_ORIGIN) : undefined,
})
start(createServer(framed), Number(PORT), HOSTNAME)
