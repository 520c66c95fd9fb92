'use client'

import { Check, Plus } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { cx } from './cx'
import { useMessages } from './messages'

export interface Choice {
  value: string
  name: string
  mark?: ReactNode
  hint?: string
  /** Choices of one group stand together under its name. */
  group?: string
}

interface PickListProps {
  label: string
  choices: readonly Choice[]
  chosen: ReadonlySet<string>
  pick: (value: string) => void
  /** Offered when no choice has the typed name. */
  create?: (name: string) => void
  searchable?: boolean
}

/** Choices one types to narrow: a combobox over a listbox, all by arrows and Enter. */
export function PickList({ label, choices, chosen, pick, create, searchable = true }: PickListProps) {
  const { pick: words } = useMessages()
  const id = useId()
  const [typed, setTyped] = useState('')
  const [at, setAt] = useState(() => Math.max(choices.findIndex(({ value }) => chosen.has(value)), 0))
  const list = useRef<HTMLDivElement>(null)
  const text = typed.trim().toLowerCase()
  const found = choices.filter(({ name, group = '' }) => `${group} ${name}`.toLowerCase().includes(text))
  const fresh = create && text && !choices.some(({ name }) => name.toLowerCase() === text)
  const count = found.length + (fresh ? 1 : 0)
  const current = Math.min(at, count - 1)
  useEffect(() => {
    list.current?.querySelector('[data-current]')?.scrollIntoView({ block: 'nearest' })
  }, [current])

  const take = (index: number) => {
    const choice = found[index]
    if (choice) pick(choice.value)
    else if (fresh) create(typed.trim())
    setTyped('')
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    const digit = searchable ? NaN : Number(event.key)
    if (event.key === 'ArrowDown') setAt((current + 1) % Math.max(count, 1))
    else if (event.key === 'ArrowUp') setAt((current - 1 + count) % Math.max(count, 1))
    else if (event.key === 'Home' && !typed) setAt(0)
    else if (event.key === 'End' && !typed) setAt(count - 1)
    else if (event.key === 'Enter') take(current)
    else if (Number.isInteger(digit) && choices.some(({ hint }) => hint === event.key)) take(found.findIndex(({ hint }) => hint === event.key))
    else return
    event.preventDefault()
  }
  return (
    <div className="flex flex-col md:w-60">
      <input
        role="combobox"
        aria-label={label}
        aria-expanded
        aria-controls={`${id}-list`}
        aria-activedescendant={count > 0 ? `${id}-${current}` : undefined}
        aria-autocomplete="list"
        autoComplete="off"
        spellCheck={false}
        value={typed}
        readOnly={!searchable}
        placeholder={searchable ? words.search : label}
        onChange={(event) => {
          setTyped(event.target.value)
          setAt(0)
        }}
        onKeyDown={onKeyDown}
        className="h-10 w-full border-b border-line bg-transparent px-3 text-sm outline-none"
      />
      <div ref={list} id={`${id}-list`} role="listbox" aria-label={label} aria-multiselectable={searchable || undefined} className="max-h-72 overflow-y-auto p-1">
        {grouped(found).map(({ group, members }) => (
          <Group key={group} name={group}>
            {members.map(([choice, index]) => (
              <Option key={choice.value} id={`${id}-${index}`} current={index === current} selected={chosen.has(choice.value)} hover={() => setAt(index)} take={() => take(index)}>
                {choice.mark && <span className="flex w-4 shrink-0 justify-center">{choice.mark}</span>}
                <span className="min-w-0 flex-1 truncate">{choice.name}</span>
                {chosen.has(choice.value) && <Check size={15} aria-hidden className="text-accent" />}
                {choice.hint && <kbd className="font-sans text-xs text-faint">{choice.hint}</kbd>}
              </Option>
            ))}
          </Group>
        ))}
        {fresh && (
          <Option id={`${id}-${found.length}`} current={current === found.length} selected={false} hover={() => setAt(found.length)} take={() => take(found.length)}>
            <Plus size={15} aria-hidden className="text-faint" />
            <span className="min-w-0 flex-1 truncate">{words.create(typed.trim())}</span>
          </Option>
        )}
      </div>
      {count === 0 && <p className="px-3 pb-3 text-sm text-faint">{words.none}</p>}
    </div>
  )
}

function grouped(choices: readonly Choice[]): { group: string; members: [Choice, number][] }[] {
  const groups = new Map<string, [Choice, number][]>()
  choices.forEach((choice, index) => groups.set(choice.group ?? '', [...(groups.get(choice.group ?? '') ?? []), [choice, index]]))
  return [...groups].map(([group, members]) => ({ group, members }))
}

function Group({ name, children }: { name: string; children: ReactNode }) {
  if (!name) return children
  return (
    <div role="group" aria-label={name} className="mb-1">
      <p aria-hidden className="px-2 pt-2 pb-1 text-xs font-medium text-faint">
        {name}
      </p>
      {children}
    </div>
  )
}

interface OptionProps {
  id: string
  current: boolean
  selected: boolean
  hover: () => void
  take: () => void
  children: ReactNode
}

function Option({ id, current, selected, hover, take, children }: OptionProps) {
  return (
    <div
      id={id}
      role="option"
      aria-selected={selected}
      data-current={current || undefined}
      onPointerMove={hover}
      onPointerDown={(event) => event.preventDefault()}
      onClick={take}
      className={cx('flex min-h-8 pointer-coarse:min-h-10 cursor-pointer items-center gap-2.5 rounded-md px-2 py-1 text-sm', current && 'bg-hover')}
    >
      {children}
    </div>
  )
}
