import type { Metadata, Viewport } from 'next'
import localFont from 'next/font/local'
import type { ReactNode } from 'react'
import { SESSION_BEFORE_CODE } from '@/api/before-code'
import { en } from '@/ui/messages/en'
import { Speaker } from '@/ui/messages/speaker'
import { THEME_BEFORE_PAINT } from '@/ui/theme'
import './globals.css'

const inter = localFont({
  src: './inter/inter-latin.woff2',
  variable: '--font-inter',
  weight: '400 700',
  display: 'swap',
})

/** In the page itself, so that it is not one more request before the first of the app's own. */
const ICON = `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#2c53c4"/><path d="M9 16.5l4.6 4.6L23.2 11.4" fill="none" stroke="#fff" stroke-width="3.2" stroke-linecap="round" stroke-linejoin="round"/></svg>')}`

export const metadata: Metadata = {
  title: { default: en.product, template: `%s · ${en.product}` },
  description: en.landing.description,
  applicationName: en.product,
  formatDetection: { telephone: false },
  icons: { icon: { url: ICON, type: 'image/svg+xml', sizes: 'any' } },
}

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  viewportFit: 'cover',
  interactiveWidget: 'resizes-content',
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f6f4f0' },
    { media: '(prefers-color-scheme: dark)', color: '#131312' },
  ],
}

export default function RootLayout({ children }: Readonly<{ children: ReactNode }>) {
  return (
    <html lang="en" className={inter.variable} suppressHydrationWarning>
      <head>
        <script dangerouslySetInnerHTML={{ __html: `${THEME_BEFORE_PAINT};${SESSION_BEFORE_CODE}` }} />
      </head>
      <body>
        <Speaker />
        {children}
      </body>
    </html>
  )
}
