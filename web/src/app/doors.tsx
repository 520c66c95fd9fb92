'use client'

import Link from 'next/link'
import { wasSignedIn } from '@/api/session'
import { useBrowser } from '@/ui/browser'
import { buttonClass } from '@/ui/button'
import { useMessages } from '@/ui/messages'

/** Into the app, for those who have an account here and for those who don't. */
export function Doors({ place }: { place: 'header' | 'hero' }) {
  const { landing } = useMessages()
  const known = useBrowser(wasSignedIn, false)
  const size = place === 'hero' ? 'lg' : 'md'
  if (known)
    return (
      <Link href="/today" prefetch={false} className={buttonClass('primary', size)}>
        {landing.open}
      </Link>
    )
  return (
    <div className="flex gap-2">
      {place === 'hero' && (
        <Link href="/register" prefetch={false} className={buttonClass('primary', size)}>
          {landing.start}
        </Link>
      )}
      <Link href="/sign-in" prefetch={false} className={buttonClass('plain', size)}>
        {landing.signIn}
      </Link>
    </div>
  )
}
