'use client'

import { useEffect } from 'react'
import { Button } from '@/ui/button'
import { Empty } from '@/ui/empty'
import { keptLanguage, speak, useMessages } from '@/ui/messages'
import { applyTheme, readTheme } from '@/ui/theme'
import './globals.css'

/** In place of the whole page, where not even what is around every page could be drawn. */
export default function Broken() {
  const { errorPage, locale, product } = useMessages()
  // The document is a new one: what was set on the old is set again.
  useEffect(() => {
    applyTheme(readTheme())
    const language = keptLanguage()
    if (language !== 'en') void speak(language)
  }, [])
  return (
    <html lang={locale}>
      <head>
        <title>{`${errorPage.title} · ${product}`}</title>
      </head>
      <body>
        <main className="flex min-h-dvh items-center justify-center">
          <Empty alone title={errorPage.title} text={errorPage.text}>
            <Button look="primary" onClick={() => location.reload()}>
              {errorPage.reload}
            </Button>
          </Empty>
        </main>
      </body>
    </html>
  )
}
