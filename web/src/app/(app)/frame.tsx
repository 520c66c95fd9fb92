'use client'

import { type ReactNode, startTransition, useDeferredValue, useEffect, useState } from 'react'
import { Gate } from '@/accounts/gate'
import { useMember } from '@/api/session'
import { doHeld } from '@/tasks/first/held'
import { Outside } from '@/tasks/first/outside'
import { sightShown } from '@/tasks/first/read'
import { later } from '@/ui/later'
import { Before } from './before'
import { allCame, Known } from './known'
// What pages name is in this file's own chunk: in others it would be two more requests before anything is seen.
import './error'
import './screens'

const Inside = later(() => import('./inside').then((file) => file.Inside))

/** Everything behind the sign-in. First comes what is to be seen; the code of the app follows. */
export function Frame({ children }: { children: ReactNode }) {
  return (
    <Gate>
      <Opening>{children}</Opening>
    </Gate>
  )
}

function Opening({ children }: { children: ReactNode }) {
  const somebody = useMember() !== null
  const [here, setHere] = useState(false)
  // Deferred: drawn in small pieces, between which the browser can do other things.
  const known = useDeferredValue(somebody && here) && somebody
  useEffect(() => {
    const open = () => startTransition(() => setHere(true))
    void sightShown().then(Inside.preload).then(allCame).then(open, open)
  }, [])
  useEffect(() => {
    if (known) void doHeld()
  }, [known])
  return (
    <Known value={known}>
      {!known && (
        <Outside>
          <Before />
        </Outside>
      )}
      {known ? <Inside>{children}</Inside> : children}
    </Known>
  )
}
