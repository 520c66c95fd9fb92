'use client'

import { Check } from 'lucide-react'
import { type FormEvent, useRef, useState } from 'react'
import { ApiError } from '@/api/problem'
import { Button } from '@/ui/button'
import { cx } from '@/ui/cx'
import { explain } from '@/ui/explain'
import { Field } from '@/ui/field'
import { type Messages, useMessages } from '@/ui/messages'
import { Modal } from '@/ui/popup'
import { COLORS } from '../marks'
import { closeOverlay } from '../overlays'
import { useNamed } from './use-named'

interface EditorProps {
  what: 'projects' | 'labels'
  /** Which one; null makes a new one. */
  id: string | null
}

/** The name and colour of a project or a label, new or known. */
export function NamedEditor({ what, id }: EditorProps) {
  const messages = useMessages()
  const words = messages[what]
  const { save, remove, item } = useNamed(what, id)
  const field = useRef<HTMLInputElement>(null)
  const [color, setColor] = useState(item?.color ?? COLORS[6])
  const [error, setError] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const name = (field.current?.value ?? '').trim()
    if (!name) return setError(words.needName)
    setBusy(true)
    try {
      await save({ name, color })
      closeOverlay()
    } catch (failure) {
      setBusy(false)
      setError(sayFault(failure, what, messages))
      field.current?.focus()
    }
  }
  return (
    <Modal title={id ? words.edit : words.new} close={closeOverlay} initialFocus={field} width="max-w-md">
      <form onSubmit={submit} className="flex flex-col gap-5 p-5">
        <Field ref={field} label={words.name} defaultValue={item?.name} maxLength={200} autoComplete="off" error={error} onChange={() => setError(null)} />
        <Colors name={words.color} color={color} setColor={setColor} />
        <div className="flex items-center gap-2">
          {item && (
            <Button look="danger" className="mr-auto" onClick={() => (remove(item), closeOverlay())}>
              {words.delete}
            </Button>
          )}
          <span className="ml-auto" />
          <Button look="ghost" onClick={closeOverlay}>
            {messages.add.cancel}
          </Button>
          <Button type="submit" look="primary" disabled={busy}>
            {id ? words.save : words.create}
          </Button>
        </div>
      </form>
    </Modal>
  )
}

/** Somebody who was first is told of by what they left: saving again puts this over it. */
function sayFault(failure: unknown, what: EditorProps['what'], messages: Messages): string {
  if (!(failure instanceof ApiError)) return explain(failure, messages)
  if (failure.code === 'name_taken') return messages[what].taken
  const theirs = failure.status === 412 ? failure.problem.current : undefined
  if (!theirs) return explain(failure, messages)
  const color = COLORS.findIndex((value) => value === theirs.color)
  return messages.named.overtaken(String(theirs.name), messages.colors[color] ?? messages.named.otherColor)
}

function Colors({ name, color, setColor }: { name: string; color: string; setColor: (color: string) => void }) {
  const { colors } = useMessages()
  return (
    <fieldset>
      <legend className="mb-2 text-sm font-medium">{name}</legend>
      <div className="flex flex-wrap gap-2">
        {COLORS.map((value, index) => (
          <label key={value} title={colors[index]} className="relative flex size-8 cursor-pointer items-center justify-center">
            <input type="radio" name="color" value={value} checked={color === value} aria-label={colors[index]} onChange={() => setColor(value)} className="peer absolute inset-0 size-full cursor-pointer appearance-none rounded-full" />
            <span aria-hidden className={cx('pointer-events-none flex size-6 items-center justify-center rounded-full text-on-accent', color === value && 'ring-2 ring-ink ring-offset-2 ring-offset-raised')} style={{ backgroundColor: value }}>
              {color === value && <Check size={14} strokeWidth={3} />}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}
