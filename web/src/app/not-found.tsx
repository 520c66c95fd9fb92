'use client'

import Link from 'next/link'
import { buttonClass } from '@/ui/button'
import { Empty } from '@/ui/empty'
import { useMessages } from '@/ui/messages'

export default function NotFound() {
  const { notFound: words } = useMessages()
  return (
    <main className="flex min-h-dvh items-center justify-center">
      <Empty alone title={words.title} text={words.text}>
        <Link href="/" prefetch={false} className={buttonClass('primary')}>
          {words.home}
        </Link>
      </Empty>
    </main>
  )
}
