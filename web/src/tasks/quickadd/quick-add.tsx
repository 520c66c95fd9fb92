'use client'

import { CalendarDays, Folder, Tag, X } from 'lucide-react'
import { type FormEvent, type KeyboardEvent, type ReactNode, useMemo, useRef, useState } from 'react'
import type { NewTask } from '@/api/types'
import { Button } from '@/ui/button'
import { keepDraft, readDraft } from '@/ui/draft'
import { useMessages } from '@/ui/messages'
import { Modal } from '@/ui/popup'
import { toast } from '@/ui/toast'
import { sayWhen } from '../dates'
import { PriorityMark } from '../marks'
import { closeOverlay, type Starter } from '../overlays'
import { openTask } from '../panel/address'
import { useLabels, useProjects, useReader, useWorkspace } from '../workspace'
import { HighlightedField } from './highlighted-field'
import { isManyLines } from './lines'
import { ManyLines } from './many-lines'
import { type Token, type Understood, understand } from './parse'

const DRAFT = 'quick-add'
const LONGEST = 500

/** One line that becomes a task. What is understood is marked as it is typed, and can be taken back. */
export function QuickAdd({ starter, text: given }: { starter: Starter; text?: string }) {
  const { add: words } = useMessages()
  const field = useRef<HTMLTextAreaElement>(null)
  const [text, setText] = useState(() => given ?? readDraft(DRAFT))
  const [ignored, setIgnored] = useState<ReadonlySet<string>>(new Set())
  const [complaint, setComplaint] = useState<string | null>(null)
  const understood = useUnderstood(text, ignored)
  const create = useCreate(starter)

  const write = (next: string) => {
    setText(next)
    keepDraft(DRAFT, next)
    setComplaint(null)
  }
  const paste = (pasted: string) => {
    if (!isManyLines(pasted)) return false
    write(text.trim() ? `${text.trim()}\n${pasted}` : pasted)
    requestAnimationFrame(() => field.current?.focus())
    return true
  }
  const save = (stay: boolean) => {
    if (!understood.title) return setComplaint(text.trim() ? words.needTitle : null)
    if (understood.title.length > LONGEST) return setComplaint(words.tooLong)
    create(understood)
    write('')
    setIgnored(new Set())
    if (!stay) closeOverlay()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.nativeEvent.isComposing) return
    event.preventDefault()
    save(event.shiftKey)
  }
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    save(false)
  }
  const ignore = (token: Token) => {
    setIgnored(new Set([...ignored, token.key]))
    field.current?.focus()
  }
  if (isManyLines(text))
    return (
      <Modal title={words.title} hideTitle close={closeOverlay} initialFocus={field}>
        <ManyLines text={text} starter={starter} field={field} write={write} close={closeOverlay} />
      </Modal>
    )
  return (
    <Modal title={words.title} hideTitle close={closeOverlay} initialFocus={field}>
      <form onSubmit={onSubmit}>
        <div className="px-5 pt-5 pb-3">
          <HighlightedField ref={field} label={words.label} placeholder={words.placeholder} text={text} tokens={understood.tokens} onChange={write} onKeyDown={onKeyDown} onPaste={paste} />
          {complaint && (
            <p role="alert" className="mt-2 text-sm text-danger">
              {complaint}
            </p>
          )}
          <Chips understood={understood} starter={starter} ignore={ignore} />
        </div>
        <div className="flex items-center justify-between gap-3 border-t border-line px-5 py-3">
          <p className="text-sm text-faint max-sm:hidden">{words.hint}</p>
          <div className="flex flex-1 justify-end gap-2">
            <Button look="ghost" onClick={closeOverlay}>
              {words.cancel}
            </Button>
            <Button type="submit" look="primary" disabled={!understood.title}>
              {words.save}
            </Button>
          </div>
        </div>
      </form>
    </Modal>
  )
}

function useUnderstood(text: string, ignored: ReadonlySet<string>): Understood {
  const labels = useLabels()
  const projects = useProjects()
  const { zone } = useReader()
  return useMemo(() => understand(text, { labels, projects, zone, ignored }), [text, ignored, labels, projects, zone])
}

function useCreate(starter: Starter) {
  const { add: words, task: taskWords } = useMessages()
  const { actions } = useWorkspace()
  const projects = useProjects()
  return (understood: Understood) => {
    const { title, due, priority, labels, project } = understood
    const known = labels.flatMap(({ id }) => id ?? [])
    const draft: NewTask = { ...starter, title, label_ids: [...new Set([...(starter.label_ids ?? []), ...known])] }
    if (due) draft.due = due
    if (priority) draft.priority = priority
    if (project?.id) draft.project_id = project.id
    const made = { labels: labels.filter(({ id }) => !id).map(({ name }) => name), project: project && !project.id ? project.name : null }
    const place = project?.name ?? projects.find(({ id }) => id === draft.project_id)?.name ?? taskWords.noProject
    void actions.add(draft, made).then((id) => {
      if (id) toast(words.addedTo(title, place), { stays: 6_000, action: { label: words.open, run: () => openTask(id) } })
    })
  }
}

function Chips({ understood, starter, ignore }: { understood: Understood; starter: Starter; ignore: (token: Token) => void }) {
  const words = useMessages()
  const reader = useReader()
  const projects = useProjects()
  const tokenOf = (kind: Token['kind'], index = 0) => understood.tokens.filter((token) => token.kind === kind)[index]
  const { due, priority, labels, project } = understood
  const home = project ? null : projects.find(({ id }) => id === starter.project_id)
  const shown = due ?? starter.due
  return (
    <ul aria-label={words.add.understood} className="mt-3 flex min-h-8 flex-wrap gap-1.5 empty:invisible">
      {shown && (
        <Chip icon={<CalendarDays size={14} aria-hidden />} token={due ? tokenOf('due') : undefined} ignore={ignore}>
          {sayWhen(shown, reader.zone, reader.locale, words.days)}
        </Chip>
      )}
      {priority && (
        <Chip icon={<PriorityMark priority={priority} />} token={tokenOf('priority')} ignore={ignore}>
          {words.priority[priority]}
        </Chip>
      )}
      {labels.map(({ name, id }, index) => (
        <Chip key={name} icon={<Tag size={14} aria-hidden />} token={tokenOf('label', index)} ignore={ignore}>
          {id ? name : words.add.createsLabel(name)}
        </Chip>
      ))}
      {(project ?? home) && (
        <Chip icon={<Folder size={14} aria-hidden />} token={project ? tokenOf('project') : undefined} ignore={ignore}>
          {project && !project.id ? words.add.createsProject(project.name) : (project ?? home)!.name}
        </Chip>
      )}
    </ul>
  )
}

function Chip({ icon, token, ignore, children }: { icon: ReactNode; token: Token | undefined; ignore: (token: Token) => void; children: ReactNode }) {
  const { add: words } = useMessages()
  return (
    <li className="rise flex h-8 max-w-full items-center gap-1.5 rounded-full border border-line bg-canvas pr-1 pl-2.5 text-sm text-soft">
      {icon}
      <span className="truncate pr-1.5 text-ink">{children}</span>
      {token && (
        <button type="button" aria-label={words.remove(token.text)} title={words.remove(token.text)} onClick={() => ignore(token)} className="flex size-6 items-center justify-center rounded-full text-faint hover:bg-hover hover:text-ink">
          <X size={13} aria-hidden />
        </button>
      )}
    </li>
  )
}
