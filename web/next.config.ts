import type { NextConfig } from 'next'

const isExport = process.env.NEXT_OUTPUT !== 'standalone'

const config: NextConfig = {
  output: isExport ? 'export' : 'standalone',
  reactStrictMode: true,
  poweredByHeader: false,
  assetPrefix: process.env.ASSET_PREFIX || undefined,
  turbopack: { root: import.meta.dirname },
  // The export has no image optimiser; pictures are sized before they are committed.
  images: isExport ? { unoptimized: true } : { formats: ['image/avif', 'image/webp'] },
}

export default config
