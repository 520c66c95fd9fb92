import type { MetadataRoute } from 'next'
import { en } from '@/ui/messages/en'

export const dynamic = 'force-static'

/** What a device that installs the app shows of it. Pages name it once they are at rest ((app)/installable.ts). */
export function GET(): Response {
  const manifest: MetadataRoute.Manifest = {
    id: '/',
    name: en.product,
    short_name: en.product,
    description: en.landing.description,
    lang: 'en',
    start_url: '/today',
    scope: '/',
    display: 'standalone',
    background_color: '#f6f4f0',
    theme_color: '#f6f4f0',
    categories: ['productivity'],
    icons: [
      { src: '/icon-192.png', sizes: '192x192', type: 'image/png' },
      { src: '/icon-512.png', sizes: '512x512', type: 'image/png' },
      { src: '/icon-maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
    ],
  }
  return new Response(JSON.stringify(manifest), { headers: { 'Content-Type': 'application/manifest+json' } })
}
