'use client'

import { buttonClass } from '@/ui/button'
import { Empty } from '@/ui/empty'
import { useMessages } from '@/ui/messages'

export default function NotFound() {
  const { notFound: words } = useMessages()
  return (
    <main className="flex min-h-dvh items-center justify-center">
      <Empty alone title={words.title} text={words.text}>
        {/* eslint-disable-next-line @next/next/no-html-link-for-pages -- every page loads this first: not worth the router's link */}
        <a href="/" className={buttonClass('primary')}>
          {words.home}
        </a>
      </Empty>
    </main>
  )
}
