import { useState } from 'react'
import { signOut } from '@/api/session'
import { Button } from '@/ui/button'
import { explain } from '@/ui/explain'
import { later, openLater } from '@/ui/later'
import { useMessages } from '@/ui/messages'
import { toast } from '@/ui/toast'
import { Section } from './section'

const DeleteAccount = later(() => import('./delete-account').then((file) => file.DeleteAccount))

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
        <Button look="danger" onClick={() => openLater(DeleteAccount, () => setAsking(true))}>
          {words.deleteAccount}
        </Button>
      </div>
      {asking && <DeleteAccount close={() => setAsking(false)} />}
    </Section>
  )
}
