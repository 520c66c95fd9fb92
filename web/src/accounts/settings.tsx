'use client'

import { type FormEvent, type ReactNode, useState } from 'react'
import { signOut, useUser } from '@/api/session'
import { useBrowser } from '@/ui/browser'
import { Button } from '@/ui/button'
import { cx } from '@/ui/cx'
import { explain } from '@/ui/explain'
import { Field } from '@/ui/field'
import { setSingleKeys, singleKeysOn } from '@/ui/keyboard'
import { type Language, LANGUAGES, speak, useLanguage, useMessages } from '@/ui/messages'
import { applyTheme, readTheme, type Theme } from '@/ui/theme'
import { toast } from '@/ui/toast'
import { deviceZone, editProfile } from './profile'

/** Few things, each saved by itself. */
export function SettingsScreen({ showKeys }: { showKeys: () => void }) {
  const { settings: words } = useMessages()
  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto max-w-2xl px-4 pt-6 pb-28 sm:px-8 md:pt-10">
        <h1 className="mb-6 text-xl font-semibold tracking-tight">{words.title}</h1>
        <Profile />
        <Appearance />
        <Keyboard showKeys={showKeys} />
        <Device />
      </div>
    </div>
  )
}

function Section({ name, children }: { name: string; children: ReactNode }) {
  return (
    <section aria-label={name} className="border-t border-line py-6 sm:grid sm:grid-cols-[10rem_1fr] sm:gap-6">
      <h2 className="mb-4 font-semibold">{name}</h2>
      <div className="flex flex-col gap-4">{children}</div>
    </section>
  )
}

function Profile() {
  const messages = useMessages()
  const { settings: words, account } = messages
  const user = useUser()
  const [error, setError] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const here = useBrowser(deviceZone, null as string | null)
  async function save(patch: Parameters<typeof editProfile>[0]) {
    setBusy(true)
    try {
      await editProfile(patch)
      toast(words.saved)
    } catch (failure) {
      setError(explain(failure, messages))
    } finally {
      setBusy(false)
    }
  }
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const name = String(new FormData(event.currentTarget).get('name') ?? '').trim()
    if (name) void save({ name })
    else setError(account.needName)
  }
  return (
    <Section name={words.profile}>
      <form onSubmit={submit} className="flex items-end gap-2">
        <div className="flex-1">
          <Field label={words.name} name="name" defaultValue={user.name} autoComplete="name" maxLength={200} error={error} onChange={() => setError(null)} />
        </div>
        <Button type="submit" className={cx('h-10', error && 'mb-6.5')} disabled={busy}>
          {words.save}
        </Button>
      </form>
      <Fact name={words.email}>{user.email}</Fact>
      <Fact name={words.zone}>
        {user.timezone.replaceAll('_', ' ')}
        {here && here !== user.timezone && (
          <Button size="sm" disabled={busy} onClick={() => void save({ timezone: here })}>
            {words.zoneHere(here.replaceAll('_', ' '))}
          </Button>
        )}
      </Fact>
    </Section>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <p className="mb-1 text-sm font-medium">{name}</p>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 break-all text-soft">{children}</div>
    </div>
  )
}

function Appearance() {
  const { settings: words } = useMessages()
  const stored = useBrowser(readTheme, 'system')
  const [chosen, setTheme] = useState<Theme | null>(null)
  const theme = chosen ?? stored
  const choose = (next: Theme) => {
    setTheme(next)
    applyTheme(next)
  }
  return (
    <Section name={words.appearance}>
      <fieldset>
        <legend className="mb-2 text-sm font-medium">{words.theme}</legend>
        <div className="inline-flex rounded-md border border-edge p-0.5">
          {(['system', 'light', 'dark'] as const).map((value) => (
            <label
              key={value}
              className={cx(
                'flex h-8 cursor-pointer items-center rounded-sm px-3 text-sm has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-accent',
                theme === value ? 'bg-selected font-medium text-ink' : 'text-soft hover:text-ink',
              )}
            >
              <input type="radio" name="theme" checked={theme === value} onChange={() => choose(value)} className="sr-only" />
              {words.themes[value]}
            </label>
          ))}
        </div>
      </fieldset>
      <LanguageChoice />
    </Section>
  )
}

function LanguageChoice() {
  const messages = useMessages()
  const language = useLanguage()
  const choose = async (next: Language) => {
    try {
      await Promise.all([speak(next), editProfile({ locale: next })])
    } catch (error) {
      toast(explain(error, messages), { tone: 'problem' })
    }
  }
  return (
    <fieldset>
      <legend className="mb-2 text-sm font-medium">{messages.settings.language}</legend>
      <div className="inline-flex rounded-md border border-edge p-0.5">
        {(Object.keys(LANGUAGES) as Language[]).map((value) => (
          <label
            key={value}
            lang={value}
            className={cx(
              'flex h-8 cursor-pointer items-center rounded-sm px-3 text-sm has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-accent',
              language === value ? 'bg-selected font-medium text-ink' : 'text-soft hover:text-ink',
            )}
          >
            <input type="radio" name="language" checked={language === value} onChange={() => void choose(value)} className="sr-only" />
            {LANGUAGES[value]}
          </label>
        ))}
      </div>
    </fieldset>
  )
}

function Keyboard({ showKeys }: { showKeys: () => void }) {
  const { settings: words } = useMessages()
  const stored = useBrowser(singleKeysOn, true)
  const [chosen, setOn] = useState<boolean | null>(null)
  const on = chosen ?? stored
  const turn = (next: boolean) => {
    setOn(next)
    setSingleKeys(next)
  }
  return (
    <Section name={words.keyboard}>
      <label className="flex cursor-pointer items-start gap-3">
        <input type="checkbox" role="switch" checked={on} onChange={(event) => turn(event.target.checked)} className="mt-1 size-4" />
        <span>
          {words.keys}
          <span className="block text-sm text-faint">{words.keysText}</span>
        </span>
      </label>
      <div>
        <Button size="sm" onClick={showKeys}>
          {words.showKeys}
        </Button>
      </div>
    </Section>
  )
}

function Device() {
  const messages = useMessages()
  const { settings: words } = messages
  const [busy, setBusy] = useState(false)
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
    <Section name={words.session}>
      <div>
        <Button disabled={busy} onClick={() => void leave()}>
          {words.signOut}
        </Button>
      </div>
    </Section>
  )
}
