'use client'

import { CloudAlert, CloudOff } from 'lucide-react'
import { useState } from 'react'
import { useBrowser } from '@/ui/browser'
import { later, openLater } from '@/ui/later'
import { useMessages } from '@/ui/messages'
import { useOutbox } from './waiting'
import { useIsAway } from './workspace'

const Unsent = later(() => import('./quickadd/unsent').then((file) => file.Unsent))

/** Above everything while nobody answers, or while something captured was refused. */
export function ConnectionBar() {
  const { outbox: words } = useMessages()
  const away = useIsAway()
  const entries = useOutbox()
  const startsOffline = useBrowser(() => 'serviceWorker' in navigator, true)
  const [looking, setLooking] = useState(false)
  const count = (refused: boolean) => entries.reduce((sum, { refusal, drafts }) => sum + (Boolean(refusal) === refused ? drafts.length : 0), 0)
  const [waiting, refused] = [count(false), count(true)]
  return (
    <>
      <div role="status" className="shrink-0">
        {away && (
          <p className={bar}>
            <CloudOff size={16} aria-hidden className="mt-0.5 shrink-0" />
            <span>
              {startsOffline ? words.offline : words.offlineInsecure}
              {waiting > 0 && ` ${words.waitingCount(waiting)}`}
            </span>
          </p>
        )}
        {refused > 0 && (
          <p className={bar}>
            <CloudAlert size={16} aria-hidden className="mt-0.5 shrink-0" />
            <span>
              {words.refusedCount(refused)}{' '}
              <button type="button" onClick={() => openLater(Unsent, () => setLooking(true))} className="font-semibold underline underline-offset-4">
                {words.show}
              </button>
            </span>
          </p>
        )}
      </div>
      {looking && <Unsent close={() => setLooking(false)} />}
    </>
  )
}

const bar = 'flex justify-center gap-2 border-b border-line bg-warn-soft px-4 py-1.5 text-sm text-warn'
