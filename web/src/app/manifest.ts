import type { MetadataRoute } from 'next'
import { en } from '@/ui/messages/en'

export const dynamic = 'force-static'

/** What a device that installs the app shows of it. */
export default function manifest(): MetadataRoute.Manifest {
  return {
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
}
