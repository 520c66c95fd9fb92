import { type FormEvent, useState } from 'react'
import { useUser } from '@/api/session'
import { Button } from '@/ui/button'
import { cx } from '@/ui/cx'
import { Field } from '@/ui/field'
import { useMessages } from '@/ui/messages'
import { Portrait } from './portrait'
import { useSaving } from './saving'
import { Fact, Section } from './section'

export function Profile() {
  const { settings: words, account } = useMessages()
  const user = useUser()
  const [error, setError] = useState<string | null>(null)
  const { busy, save } = useSaving()
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const name = String(new FormData(event.currentTarget).get('name') ?? '').trim()
    if (name) void save({ name }, setError)
    else setError(account.needName)
  }
  return (
    <Section name={words.profile}>
      <Portrait />
      <form onSubmit={submit} className="flex items-end gap-2">
        <div className="flex-1">
          <Field label={words.name} name="name" defaultValue={user.name} autoComplete="name" maxLength={200} error={error} onChange={() => setError(null)} />
        </div>
        <Button type="submit" className={cx('h-10', error && 'mb-6.5')} disabled={busy}>
          {words.save}
        </Button>
      </form>
      <Fact name={words.email}>{user.email}</Fact>
    </Section>
  )
}
