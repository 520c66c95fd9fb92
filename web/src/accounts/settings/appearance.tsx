import { useState } from 'react'
import { useBrowser } from '@/ui/browser'
import { cx } from '@/ui/cx'
import { explain } from '@/ui/explain'
import { type Language, LANGUAGES, speak, useLanguage, useMessages } from '@/ui/messages'
import { applyTheme, readTheme, type Theme } from '@/ui/theme'
import { toast } from '@/ui/toast'
import { editProfile } from '../profile'
import { Section } from './section'

export function Appearance() {
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
                'flex h-8 pointer-coarse:h-10 cursor-pointer items-center rounded-sm px-3 text-sm has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-accent',
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
              'flex h-8 pointer-coarse:h-10 cursor-pointer items-center rounded-sm px-3 text-sm has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-accent',
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
