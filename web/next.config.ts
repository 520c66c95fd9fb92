import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { NextConfig } from 'next'

/** Two builds from one tree (docs/web-builds.md): files for any server, or a server of its own. */
const isExport = process.env.NEXT_OUTPUT !== 'standalone'

const HOUR = 3_600

/** Sections whose pages are one exported placeholder: `/task/<id>` is answered with `/task/_`. */
function sections(): string[] {
  const inside = join(import.meta.dirname, 'src/app/(app)')
  return readdirSync(inside).filter((name) => existsSync(join(inside, name, '[id]')))
}

const standalone: NextConfig = {
  output: 'standalone',
  // server/frame.mjs hashes what is inline and compresses after that.
  compress: false,
  // Without it browsers may show a page of an older build, whose scripts are gone, for a year.
  expireTime: HOUR,
  rewrites: () => Promise.resolve({ beforeFiles: sections().map((name) => ({ source: `/${name}/:id`, destination: `/${name}/_` })) }),
}

const config: NextConfig = {
  ...(isExport ? { output: 'export' } : standalone),
  reactStrictMode: true,
  poweredByHeader: false,
  assetPrefix: process.env.ASSET_PREFIX || undefined,
  crossOrigin: process.env.ASSET_PREFIX ? 'anonymous' : undefined,
  // Each file costs a request before a page is there: what all pages share is not kept apart for its size.
  experimental: { turbopackChunking: { minChunkSize: 100_000, maxChunkCountPerGroup: 1, maxMergeChunkSize: 1_000_000 } },
  turbopack: { root: import.meta.dirname },
  images: { loader: 'custom', loaderFile: './src/ui/image-loader.ts', deviceSizes: [480, 640, 828, 1080, 1440], imageSizes: [64, 128, 256] },
}

export default config
