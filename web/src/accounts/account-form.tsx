'use client'

import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { ApiError } from '@/api/problem'
import { register, restoreSession, sessionEnded, signIn, wasSignedIn } from '@/api/session'
import { useBrowser } from '@/ui/browser'
import { Button } from '@/ui/button'
import { explain, explainFault } from '@/ui/explain'
import { Field, PasswordField } from '@/ui/field'
import { takeHeldForm } from '@/ui/held-form'
import { type Messages, useMessages } from '@/ui/messages'
import { adoptDevice } from './profile'
import { safePath, whyIn } from './return-path'

type Errors = Partial<Record<'name' | 'email' | 'password' | 'form', string>>
type Purpose = 'sign-in' | 'register'

const EMAIL = /^[^\s@]+@[^\s@]+$/

/** Signing in and registering are one form: what differs is a name and two words. */
export function AccountForm({ purpose }: { purpose: Purpose }) {
  const messages = useMessages()
  const { account } = messages
  const router = useRouter()
  const form = useRef<HTMLFormElement>(null)
  const [errors, setErrors] = useState<Errors>({})
  const [busy, setBusy] = useState(false)
  const fresh = purpose === 'register'
  useLeaveWhenSignedIn()
  useEffect(() => takeHeldForm()?.requestSubmit(), [])

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const values = new FormData(event.currentTarget)
    const [name, email, password] = ['name', 'email', 'password'].map((field) => String(values.get(field) ?? '')) as [string, string, string]
    const found = check({ name, email, password }, fresh, account)
    if (Object.keys(found).length > 0) return show(found)
    setBusy(true)
    try {
      await (fresh ? register(name.trim(), email.trim(), password) : signIn(email.trim(), password))
      void adoptDevice()
      router.replace(safePath(new URLSearchParams(location.search).get('return'), fresh ? '/inbox' : '/today'))
    } catch (error) {
      setBusy(false)
      show(refusal(error, messages))
    }
  }

  function show(found: Errors) {
    setErrors(found)
    const first = (['name', 'email', 'password'] as const).find((field) => found[field])
    if (first) form.current?.querySelector<HTMLInputElement>(`[name=${first}]`)?.focus()
  }

  const forget = (field: keyof Errors) => () => setErrors((now) => ({ ...now, [field]: undefined, form: undefined }))
  return (
    <>
      <h1 className="text-2xl font-semibold tracking-tight">{fresh ? account.register : account.signIn}</h1>
      <p className="mt-1 mb-8 text-soft">{fresh ? account.registerLead : account.signInLead}</p>
      {!fresh && <WhyHere />}
      <form ref={form} method="post" noValidate onSubmit={submit} className="flex flex-col gap-5">
        {fresh && <Field label={account.name} name="name" autoComplete="name" maxLength={200} error={errors.name} onChange={forget('name')} required />}
        <Field
          label={account.email}
          name="email"
          type="email"
          inputMode="email"
          autoComplete={fresh ? 'email' : 'username'}
          autoCapitalize="none"
          spellCheck={false}
          maxLength={254}
          error={errors.email}
          onChange={forget('email')}
          required
        />
        <PasswordField
          label={account.password}
          name="password"
          autoComplete={fresh ? 'new-password' : 'current-password'}
          hint={fresh ? account.passwordHint : undefined}
          error={errors.password}
          onChange={forget('password')}
          required
        />
        {errors.form && (
          <p role="alert" className="rise rounded-md bg-danger-soft px-3 py-2.5 text-sm text-danger">
            {errors.form}
          </p>
        )}
        <Button type="submit" look="primary" size="lg" aria-busy={busy} disabled={busy}>
          {busy ? account.working : fresh ? account.register : account.signIn}
        </Button>
        <OtherDoor purpose={purpose} />
      </form>
    </>
  )
}

/** What became of the session before, for whoever did not expect to be asked. */
function WhyHere() {
  const { account } = useMessages()
  const why = useBrowser(() => whyIn(location.search) ?? (sessionEnded() ? 'ended' : null), null)
  if (!why) return null
  return (
    <p role="status" className="mb-5 rounded-md bg-selected px-3 py-2.5 text-sm">
      {why === 'ended' ? account.expired : account.signedOut}
    </p>
  )
}

function OtherDoor({ purpose }: { purpose: Purpose }) {
  const { account } = useMessages()
  const fresh = purpose === 'register'
  const query = useBrowser(() => location.search, '')
  return (
    <p className="text-center text-sm text-soft">
      {fresh ? account.haveAccount : account.noAccount}{' '}
      <Link prefetch={false} href={`${fresh ? '/sign-in' : '/register'}${query}`} className="font-medium text-accent underline-offset-4 hover:underline">
        {fresh ? account.signIn : account.register}
      </Link>
    </p>
  )
}

function useLeaveWhenSignedIn() {
  const router = useRouter()
  useEffect(() => {
    if (!wasSignedIn()) return
    void restoreSession().then((session) => {
      if (session.state === 'in') router.replace(safePath(new URLSearchParams(location.search).get('return')))
    })
  }, [router])
}

function check(values: { name: string; email: string; password: string }, fresh: boolean, words: Messages['account']): Errors {
  const errors: Errors = {}
  if (fresh && !values.name.trim()) errors.name = words.needName
  if (!EMAIL.test(values.email.trim())) errors.email = words.needEmail
  if (!values.password) errors.password = words.needPassword
  else if (fresh && [...values.password].length < 8) errors.password = words.shortPassword
  else if (values.password.length > 256) errors.password = words.longPassword
  return errors
}

function refusal(error: unknown, messages: Messages): Errors {
  const { account } = messages
  if (!(error instanceof ApiError)) return { form: explain(error, messages) }
  if (error.code === 'email_taken') return { email: account.taken }
  if (error.status === 401) return { form: account.wrong }
  const faulty = (['password', 'email', 'name'] as const).filter((field) => error.status === 422 && error.fault(field))
  if (faulty.length === 0) return { form: explain(error, messages) }
  return Object.fromEntries(faulty.map((field) => [field, field === 'email' ? account.needEmail : explainFault(error.fault(field), messages)]))
}
