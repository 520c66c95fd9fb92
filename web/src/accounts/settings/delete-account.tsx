import { type FormEvent, useRef, useState } from 'react'
import { ApiError } from '@/api/problem'
import { useUser } from '@/api/session'
import { Button } from '@/ui/button'
import { explain, explainFault } from '@/ui/explain'
import { PasswordField } from '@/ui/field'
import { useMessages } from '@/ui/messages'
import { Modal } from '@/ui/popup'
import { deleteAccount } from '../profile'

/** Needs the password: whoever finds an open screen can't take everything away. */
export function DeleteAccount({ close }: { close: () => void }) {
  const messages = useMessages()
  const { settings: words, account } = messages
  const { email } = useUser()
  const form = useRef<HTMLFormElement>(null)
  const [error, setError] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const show = (text: string) => {
    setError(text)
    form.current?.querySelector<HTMLInputElement>('[name=password]')?.focus()
  }
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const password = String(new FormData(event.currentTarget).get('password') ?? '')
    if (!password) return show(account.needPassword)
    setBusy(true)
    try {
      await deleteAccount(password)
    } catch (failure) {
      setBusy(false)
      const fault = failure instanceof ApiError ? failure.fault('password') : undefined
      show(fault ? explainFault(fault, messages) : explain(failure, messages))
    }
  }
  return (
    <Modal title={words.deleteConfirm} close={close} width="max-w-md">
      <form ref={form} noValidate onSubmit={submit} className="flex flex-col gap-4 px-5 pt-1.5 pb-5">
        <p className="text-soft">{words.deleteText}</p>
        <input type="email" name="email" autoComplete="username" value={email} readOnly hidden />
        <PasswordField label={words.deletePassword} name="password" autoComplete="current-password" maxLength={256} error={error} onChange={() => setError(null)} />
        <div className="flex justify-end gap-2">
          <Button onClick={close}>{words.cancel}</Button>
          <Button type="submit" look="danger" disabled={busy}>
            {words.deleteRun}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
