'use client'

import { ChevronLeft, ChevronRight } from 'lucide-react'
import { type FormEvent, type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import type { When } from '@/api/types'
import { IconButton } from '@/ui/button'
import { cx } from '@/ui/cx'
import { useMessages } from '@/ui/messages'
import { addDays, addMonths, type Day, dayOf, monthGrid, sayWhen, timeOf, weekday, when } from '../dates'
import { useReader } from '../reader'
import { understandDate } from '../quickadd/parse'

interface DatePickerProps {
  label: string
  /** What the tasks have that it is opened for. */
  values: readonly (When | null)[]
  /** What each of them gets, from what it has. */
  set: (next: (own: When | null) => When | null) => void
  close: () => void
}

/** What all of them are; undefined where they differ. */
function same<T>(values: readonly T[]): T | undefined {
  return values.every((value) => value === values[0]) ? values[0] : undefined
}

/** A date in words, a usual one, or one from the calendar; with a time when it needs one. Several tasks keep their own. */
export function DatePicker({ label, values, set, close }: DatePickerProps) {
  const { pick: words, days } = useMessages()
  const reader = useReader()
  const [typed, setTyped] = useState('')
  const [time, setTime] = useState<string | null>()
  const understood = useMemo(() => (typed.trim() ? understandDate(typed, reader.zone) : null), [typed, reader.zone])
  const chosen = same(values.map((value) => value && dayOf(value, reader.zone))) ?? null
  const timeAt = (own: When | null) => (time === undefined ? own && timeOf(own, reader.zone) : time)
  const take = (next: (own: When | null) => When | null) => {
    set(next)
    close()
  }
  const takeDay = (day: Day) => take((own) => when(day, timeAt(own), reader.zone))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (understood) take(() => understood)
    else if (!typed.trim()) close()
  }
  const takeTime = (next: string | null) => {
    setTime(next)
    set((own) => own && when(dayOf(own, reader.zone), next, reader.zone))
  }
  return (
    <div className="md:w-72">
      <form onSubmit={submit} className="border-b border-line">
        <input
          aria-label={words.dateLabel}
          aria-describedby="date-understood"
          placeholder={words.dateWords}
          autoComplete="off"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          className="h-10 w-full bg-transparent px-3 text-sm outline-none"
        />
        <p id="date-understood" role="status" className={cx('px-3 text-sm', typed.trim() && 'pb-2', understood ? 'text-accent' : 'text-faint')}>
          {understood ? sayWhen(understood, reader.zone, reader.locale, days) : typed.trim() && words.notUnderstood}
        </p>
      </form>
      <Usual takeDay={takeDay} clear={values.some(Boolean) ? () => take(() => null) : null} />
      <Calendar label={label} chosen={chosen} take={takeDay} />
      <TimeField value={same(values.map((value) => value && timeOf(value, reader.zone))) ?? null} take={takeTime} close={close} />
    </div>
  )
}

/** A time is written in parts: it counts when one leaves the field, presses Enter or closes the picker, not by Escape. */
function TimeField({ value, take, close }: { value: string | null; take: (time: string | null) => void; close: () => void }) {
  const { pick: words } = useMessages()
  const written = useRef<string | null>(null)
  const keep = () => {
    const time = written.current
    written.current = null
    if (time !== null) take(time || null)
  }
  const latest = useRef(keep)
  useEffect(() => {
    latest.current = keep
  })
  useEffect(() => () => latest.current(), [])
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Escape') written.current = null
    if (event.key !== 'Enter') return
    event.preventDefault()
    if (!event.currentTarget.reportValidity()) return
    keep()
    close()
  }
  return (
    <label className="flex items-center justify-between border-t border-line px-3 py-2 text-sm text-soft">
      {words.time}
      <input
        type="time"
        defaultValue={value ?? ''}
        onChange={(event) => {
          written.current = event.target.validity.badInput ? null : event.target.value
        }}
        onBlur={keep}
        onKeyDown={onKeyDown}
        className="h-8 rounded-sm border border-edge bg-raised px-2 text-sm text-ink"
      />
    </label>
  )
}

function Usual({ takeDay, clear }: { takeDay: (day: Day) => void; clear: (() => void) | null }) {
  const { pick: words } = useMessages()
  const reader = useReader()
  const next = (target: number) => ((target - weekday(reader.day) + 6) % 7) + 1
  const weekend = weekday(reader.day) === 6 ? 0 : next(6)
  const usual = [
    { name: words.today, ahead: 0 },
    { name: words.tomorrow, ahead: 1 },
    { name: words.weekend, ahead: weekend },
    { name: words.nextWeek, ahead: next(1) },
  ]
  const say = (day: Day) => new Intl.DateTimeFormat(reader.locale, { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`))
  const line = 'flex h-8 w-full items-center justify-between rounded-md px-2 text-sm hover:bg-hover'
  return (
    <div className="border-b border-line p-1">
      {usual.map(({ name, ahead }) => (
        <button key={name} type="button" onClick={() => takeDay(addDays(reader.day, ahead))} className={line}>
          <span>{name}</span>
          <span className="text-faint">{say(addDays(reader.day, ahead))}</span>
        </button>
      ))}
      {clear && (
        <button type="button" onClick={clear} className={cx(line, 'text-soft')}>
          {words.noDate}
        </button>
      )}
    </div>
  )
}

function Calendar({ label, chosen, take }: { label: string; chosen: Day | null; take: (day: Day) => void }) {
  const { pick: words } = useMessages()
  const reader = useReader()
  const [focus, setFocus] = useState<Day>(chosen ?? reader.day)
  const grid = useRef<HTMLDivElement>(null)
  const month = focus.slice(0, 7)
  const days = monthGrid(month, reader.weekStart % 7)
  const format = (day: Day, options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(reader.locale, { ...options, timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`))
  const turn = (months: number) => setFocus(`${addMonths(month, months)}-01`)
  const onKeyDown = (event: KeyboardEvent) => {
    const step: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }
    const next = event.key === 'PageUp' ? `${addMonths(month, -1)}-01` : event.key === 'PageDown' ? `${addMonths(month, 1)}-01` : step[event.key] && addDays(focus, step[event.key]!)
    if (!next) return
    event.preventDefault()
    setFocus(next)
    requestAnimationFrame(() => grid.current?.querySelector<HTMLElement>(`[data-day="${next}"]`)?.focus())
  }
  return (
    <div className="p-2">
      <div className="flex items-center justify-between pl-1.5">
        <span aria-live="polite" className="text-sm font-semibold">
          {format(`${month}-01`, { month: 'long', year: 'numeric' })}
        </span>
        <span className="flex">
          <IconButton label={words.previousMonth} onClick={() => turn(-1)}>
            <ChevronLeft size={16} aria-hidden />
          </IconButton>
          <IconButton label={words.nextMonth} onClick={() => turn(1)}>
            <ChevronRight size={16} aria-hidden />
          </IconButton>
        </span>
      </div>
      <div aria-hidden className="mt-1 grid grid-cols-7 text-center text-xs text-faint">
        {days.slice(0, 7).map((day) => (
          <span key={day} className="py-1">
            {format(day, { weekday: 'narrow' })}
          </span>
        ))}
      </div>
      <div ref={grid} role="group" aria-label={label} onKeyDown={onKeyDown} className="grid grid-cols-7">
        {days.map((day) => (
          <button
            key={day}
            type="button"
            data-day={day}
            tabIndex={day === focus ? 0 : -1}
            aria-label={format(day, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })}
            aria-current={day === reader.day ? 'date' : undefined}
            aria-pressed={day === chosen}
            onClick={() => take(day)}
            className={cx(
              'mx-auto flex size-9 items-center justify-center rounded-full text-sm tabular-nums',
              day === chosen ? 'bg-accent-solid font-semibold text-on-accent' : 'hover:bg-hover',
              day !== chosen && day === reader.day && 'font-semibold text-accent',
              day !== chosen && day.slice(0, 7) !== month && 'text-faint',
            )}
          >
            {Number(day.slice(8))}
          </button>
        ))}
      </div>
    </div>
  )
}
