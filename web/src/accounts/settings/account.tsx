import dynamic from 'next/dynamic'
import { useState } from 'react'
import { signOut } from '@/api/session'
import { Button } from '@/ui/button'
import { explain } from '@/ui/explain'
import { useMessages } from '@/ui/messages'
import { toast } from '@/ui/toast'
import { Section } from './section'

const DeleteAccount = dynamic(() => import('./delete-account').then((file) => file.DeleteAccount), { ssr: false })

/** The two ways to leave. */
export function Account() {
  const messages = useMessages()
  const { settings: words } = messages
  const [busy, setBusy] = useState(false)
  const [asking, setAsking] = useState(false)
  const leave = async () => {
    setBusy(true)
    try {
      await signOut()
    } catch (error) {
      setBusy(false)
      toast(explain(error, messages), { tone: 'problem' })
    }
  }
  return (
    <Section name={words.account}>
      <div className="flex flex-wrap gap-2">
        <Button disabled={busy} onClick={() => void leave()}>
          {words.signOut}
        </Button>
        <Button look="danger" onClick={() => setAsking(true)}>
          {words.deleteAccount}
        </Button>
      </div>
      {asking && <DeleteAccount close={() => setAsking(false)} />}
    </Section>
  )
}
