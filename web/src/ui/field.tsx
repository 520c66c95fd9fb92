'use client'

import { Eye, EyeOff } from 'lucide-react'
import { type ComponentProps, useId, useState } from 'react'
import { cx } from './cx'
import { useMessages } from './messages'

interface FieldProps extends ComponentProps<'input'> {
  label: string
  hint?: string
  error?: string | null
}

export const inputClass =
  'h-10 w-full rounded-md border border-edge bg-raised px-3 text-base text-ink transition-colors duration-100 hover:border-soft focus:border-accent focus:outline-2 focus:-outline-offset-1 focus:outline-accent aria-invalid:border-danger aria-invalid:outline-danger'

/** An input with its name above and what is wrong with it right below. */
export function Field({ label, hint, error, className, children, ...rest }: FieldProps) {
  const id = useId()
  const note = error ?? hint
  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block text-sm font-medium text-ink">
        {label}
      </label>
      <div className="relative">
        <input id={id} className={cx(inputClass, className)} aria-invalid={error ? true : undefined} aria-describedby={note ? `${id}-note` : undefined} {...rest} />
        {children}
      </div>
      {note && (
        <p id={`${id}-note`} className={cx('mt-1.5 text-sm', error ? 'text-danger' : 'text-faint')}>
          {note}
        </p>
      )}
    </div>
  )
}

export function PasswordField(props: Omit<FieldProps, 'type'>) {
  const { account } = useMessages()
  const [shown, setShown] = useState(false)
  const Icon = shown ? EyeOff : Eye
  return (
    <Field {...props} type={shown ? 'text' : 'password'} className="pr-11" autoCapitalize="none" autoCorrect="off" spellCheck={false}>
      <button
        type="button"
        aria-label={shown ? account.hidePassword : account.showPassword}
        aria-pressed={shown}
        onClick={() => setShown(!shown)}
        className="absolute inset-y-1 right-1 flex w-9 items-center pointer-coarse:inset-y-0 pointer-coarse:right-0 pointer-coarse:w-10 justify-center rounded-sm text-faint hover:bg-hover hover:text-ink"
      >
        <Icon size={18} aria-hidden />
      </button>
    </Field>
  )
}
