import { type FormEvent, useRef, useState } from 'react'
import { ApiError } from '@/api/problem'
import { changePassword, useUser } from '@/api/session'
import { Button } from '@/ui/button'
import { explain, explainFault } from '@/ui/explain'
import { PasswordField } from '@/ui/field'
import { useMessages } from '@/ui/messages'
import { toast } from '@/ui/toast'
import { useFreshDevices } from './devices-known'
import { Section } from './section'

const FIELDS = ['current', 'new'] as const
type Errors = Partial<Record<(typeof FIELDS)[number] | 'form', string>>

export function Password() {
  const messages = useMessages()
  const { settings: words, account } = messages
  const { email } = useUser()
  const form = useRef<HTMLFormElement>(null)
  const [errors, setErrors] = useState<Errors>({})
  const [busy, setBusy] = useState(false)
  const freshDevices = useFreshDevices()
  const show = (found: Errors) => {
    setErrors(found)
    const first = FIELDS.find((field) => found[field])
    if (first) form.current?.querySelector<HTMLInputElement>(`[name=${first}]`)?.focus()
  }
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const values = new FormData(event.currentTarget)
    const [current, next] = FIELDS.map((field) => String(values.get(field) ?? '')) as [string, string]
    if (!current) return show({ current: account.needPassword })
    if ([...next].length < 8) return show({ new: account.shortPassword })
    setBusy(true)
    try {
      await changePassword(current, next)
      form.current?.reset()
      setErrors({})
      toast(words.passwordChanged)
      void freshDevices()
    } catch (error) {
      const wrong = FIELDS.find((field) => error instanceof ApiError && error.fault(field))
      show(wrong ? { [wrong]: explainFault((error as ApiError).fault(wrong), messages) } : { form: explain(error, messages) })
    } finally {
      setBusy(false)
    }
  }
  const forget = (field: keyof Errors) => () => setErrors((now) => ({ ...now, [field]: undefined, form: undefined }))
  return (
    <Section name={words.password}>
      <form ref={form} noValidate onSubmit={submit} className="flex flex-col gap-4">
        {/* For password managers: whose password it is. */}
        <input type="email" name="email" autoComplete="username" value={email} readOnly hidden />
        <PasswordField label={words.passwordNow} name="current" autoComplete="current-password" maxLength={256} error={errors.current} onChange={forget('current')} />
        <PasswordField
          label={words.passwordNew}
          name="new"
          autoComplete="new-password"
          maxLength={256}
          hint={account.passwordHint}
          error={errors.new}
          onChange={forget('new')}
        />
        {errors.form && (
          <p role="alert" className="text-sm text-danger">
            {errors.form}
          </p>
        )}
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <Button type="submit" disabled={busy} aria-busy={busy}>
            {words.passwordChange}
          </Button>
          <p className="text-sm text-faint">{words.passwordOthers}</p>
        </div>
      </form>
    </Section>
  )
}
