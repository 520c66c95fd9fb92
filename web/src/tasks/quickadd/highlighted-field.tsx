'use client'

import type { KeyboardEvent, Ref } from 'react'
import type { Token } from './parse'

interface FieldProps {
  ref: Ref<HTMLTextAreaElement>
  label: string
  placeholder: string
  text: string
  tokens: readonly Token[]
  onChange: (text: string) => void
  onKeyDown: (event: KeyboardEvent) => void
  /** Told of pasted text; true when it was taken care of. */
  onPaste: (text: string) => boolean
}

/** A field over a copy of its own text: the copy carries the marks and gives the height. */
export function HighlightedField({ ref, label, placeholder, text, tokens, onChange, onKeyDown, onPaste }: FieldProps) {
  const same = 'col-start-1 row-start-1 min-h-7 w-full p-0 text-lg leading-7 break-words whitespace-pre-wrap [overflow-wrap:anywhere]'
  return (
    <div className="grid">
      <div aria-hidden className={`${same} pointer-events-none text-transparent`}>
        {pieces(text, tokens).map(({ at, value, marked }) =>
          marked ? (
            <mark key={at} className="rounded-sm bg-accent/15 text-transparent shadow-[0_0_0_2px] shadow-accent/15">
              {value}
            </mark>
          ) : (
            <span key={at}>{value}</span>
          ),
        )}
        {'\u200b'}
      </div>
      <textarea
        ref={ref}
        aria-label={label}
        placeholder={placeholder}
        rows={1}
        value={text}
        autoComplete="off"
        enterKeyHint="done"
        maxLength={100_000}
        onChange={(event) => onChange(event.target.value.replace(/\n/g, ' '))}
        onKeyDown={onKeyDown}
        onPaste={(event) => onPaste(event.clipboardData.getData('text/plain')) && event.preventDefault()}
        className={`${same} resize-none overflow-hidden bg-transparent text-ink outline-none`}
      />
    </div>
  )
}

function pieces(text: string, tokens: readonly Token[]): { at: number; value: string; marked: boolean }[] {
  const parts: { at: number; value: string; marked: boolean }[] = []
  let at = 0
  for (const { start, end } of tokens) {
    if (start > at) parts.push({ at, value: text.slice(at, start), marked: false })
    parts.push({ at: start, value: text.slice(start, end), marked: true })
    at = end
  }
  if (at < text.length) parts.push({ at, value: text.slice(at), marked: false })
  return parts
}

export function Complaint({ text }: { text: string | null }) {
  if (!text) return null
  return (
    <p role="alert" className="mt-2 text-sm text-danger">
      {text}
    </p>
  )
}
