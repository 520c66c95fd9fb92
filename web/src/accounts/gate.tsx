'use client'

import { usePathname, useRouter } from 'next/navigation'
import { type ReactNode, useEffect } from 'react'
import { onReturn } from '@/api/connection'
import { type Reason, restoreSession, useSession } from '@/api/session'
import { Button } from '@/ui/button'
import { dropDrafts, ownDrafts } from '@/ui/draft'
import { Empty } from '@/ui/empty'
import { useMessages } from '@/ui/messages'
import { signInPath } from './return-path'

const AGAIN = 5_000

/**
 * Finds out who is signed in. Others go to sign in and come back; while nobody can say, it asks again, and lets in
 * who was here last: to what this browser kept. What is inside shows nothing of anybody before (app/(app)/known.tsx).
 */
export function Gate({ children }: { children: ReactNode }) {
  const session = useSession()
  const { shell } = useMessages()
  const router = useRouter()
  const path = usePathname()
  useEffect(() => {
    const leave = (why?: Reason) => {
      if (why === 'left' || why === 'deleted') dropDrafts()
      router.replace(why === 'deleted' ? '/' : signInPath(location.pathname + location.search, why))
    }
    if (session.state === 'unknown') void restoreSession()
    if (session.state === 'out') leave(session.why)
    if (session.state !== 'unreachable' && session.state !== 'offline') return
    const ask = () => void restoreSession()
    const timer = setInterval(ask, AGAIN)
    const stop = onReturn(ask)
    return () => {
      clearInterval(timer)
      stop()
    }
  }, [session, router, path])
  if (session.state === 'in' || session.state === 'offline') ownDrafts(session.user.id)
  if (session.state !== 'unreachable') return children
  return (
    <main className="flex min-h-dvh items-center justify-center">
      <Empty alone title={shell.unreachable} text={shell.unreachableText}>
        <Button onClick={() => void restoreSession()}>{shell.retry}</Button>
      </Empty>
    </main>
  )
}
