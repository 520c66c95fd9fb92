import { casual as german } from 'chrono-node/de'
import { casual as english } from 'chrono-node/en'
import type { Label, Priority, Project, When } from '@/api/types'
import { currentMessages } from '@/ui/messages'
import { wallTime } from '../dates'

/** A stretch of the typed text that means something. `key` names it, so that a person can turn it off. */
export interface Token {
  kind: 'due' | 'priority' | 'label' | 'project'
  start: number
  end: number
  text: string
  key: string
}

export interface Understood {
  title: string
  due: When | null
  priority: Priority | null
  labels: { name: string; id: string | null }[]
  project: { name: string; id: string | null } | null
  tokens: Token[]
}

export interface Surroundings {
  labels: readonly Pick<Label, 'id' | 'name'>[]
  projects: readonly Pick<Project, 'id' | 'name'>[]
  zone: string
  /** Left out: the one on the screen. German is understood with English beside it. */
  language?: string
  /** Left out: this moment. */
  now?: number
  /** Keys of tokens that stay plain words. */
  ignored?: ReadonlySet<string>
}

const PRIORITIES: Record<string, Priority> = {
  urgent: 'urgent',
  high: 'high',
  medium: 'medium',
  low: 'low',
  none: 'none',
  dringend: 'urgent',
  hoch: 'high',
  mittel: 'medium',
  niedrig: 'low',
  keine: 'none',
  '1': 'urgent',
  '2': 'high',
  '3': 'medium',
  '4': 'low',
}

const WORD = /(^|\s)([!#+])("[^"]+"|[\p{L}\p{N}][\p{L}\p{N}_/&.-]*)/gu

/** `Pay rent tomorrow 9am !high #bills +Home` → a title and what was said about it. */
export function understand(text: string, around: Surroundings): Understood {
  const result: Understood = { title: '', due: null, priority: null, labels: [], project: null, tokens: [] }
  const on = (token: Token) => !around.ignored?.has(token.key)
  for (const token of marked(text, around)) if (on(token)) take(token, result, around)
  const date = findDate(text, result.tokens, around)
  if (date) {
    result.due = date.due
    result.tokens.push(date.token)
  }
  result.tokens.sort((one, other) => one.start - other.start)
  result.title = without(text, result.tokens)
  return result
}

function marked(text: string, around: Surroundings): Token[] {
  const tokens: Token[] = []
  for (const match of text.matchAll(WORD)) {
    const [, space = '', sign, word = ''] = match
    const start = match.index + space.length
    const kind = sign === '!' ? 'priority' : sign === '#' ? 'label' : 'project'
    let said = word
    if (kind === 'priority' && !(word.toLowerCase() in PRIORITIES)) continue
    if (kind === 'project' && !/^["\p{L}]/u.test(word)) continue
    if (kind !== 'priority') said = longestName(text, start + 1, word, kind === 'label' ? around.labels : around.projects)
    said = said.replace(/[.,;:]+$/, '')
    tokens.push({ kind, start, end: start + 1 + said.length, text: sign + said, key: `${kind}:${said.toLowerCase()}` })
  }
  return tokens
}

/** Names may hold spaces: `+Summer house` is one project when there is one of that name. */
function longestName(text: string, at: number, word: string, known: readonly { name: string }[]): string {
  const rest = text.slice(at).toLowerCase()
  const fits = (name: string) => rest.startsWith(name.toLowerCase()) && !/[\p{L}\p{N}]/u.test(rest[name.length] ?? ' ')
  const best = known.map(({ name }) => name).filter((name) => name.length > word.length && fits(name))
  return best.sort((one, other) => other.length - one.length)[0] ?? word
}

function take(token: Token, result: Understood, around: Surroundings): void {
  const name = token.text.slice(1).replace(/^"|"$/g, '')
  const same = (item: { name: string }) => item.name.toLowerCase() === name.toLowerCase()
  if (token.kind === 'priority') {
    if (result.priority) return
    result.priority = PRIORITIES[name.toLowerCase()] ?? null
  } else if (token.kind === 'label') {
    if (result.labels.some(same)) return
    const known = around.labels.find(same)
    result.labels.push({ name: known?.name ?? name, id: known?.id ?? null })
  } else {
    if (result.project) return
    const known = around.projects.find(same)
    result.project = { name: known?.name ?? name, id: known?.id ?? null }
  }
  result.tokens.push(token)
}

function findDate(text: string, taken: Token[], around: Surroundings): { due: When; token: Token } | null {
  // Chrono reckons in the machine's zone: it is shown the person's wall clock as if that were the machine's.
  const wall = new Date(wallTime(around.now ?? Date.now(), around.zone))
  const blanked = taken.reduce((rest, { start, end }) => rest.slice(0, start) + ' '.repeat(end - start) + rest.slice(end), text)
  const speakers = (around.language ?? currentMessages().locale).startsWith('de') ? [german, english] : [english]
  for (const found of speakers.flatMap((speaker) => speaker.parse(blanked, wall, { forwardDate: true }))) {
    const said = found.text.trim()
    const start = found.index + found.text.indexOf(said)
    const token: Token = { kind: 'due', start, end: start + said.length, text: said, key: `due:${said.toLowerCase()}` }
    if (around.ignored?.has(token.key) || /^\d+([.,]\d+)?$/.test(said) || /^(now|second|sec|min|may|march|sun|sat|mar)$/i.test(said)) continue
    const begin = found.start
    const pad = (number: number | null) => String(number ?? 0).padStart(2, '0')
    const day = `${begin.get('year')}-${pad(begin.get('month'))}-${pad(begin.get('day'))}`
    const timed = begin.isCertain('hour')
    const due = timed ? { datetime: `${day}T${pad(begin.get('hour'))}:${pad(begin.get('minute'))}:00`, timezone: around.zone } : { date: day }
    return { due, token }
  }
  return null
}

function without(text: string, tokens: Token[]): string {
  let rest = ''
  let at = 0
  for (const { start, end } of tokens) {
    rest += text.slice(at, start)
    at = end
  }
  return (rest + text.slice(at)).replace(/\s+/g, ' ').trim()
}

/** A date in words on its own, as the date picker takes it. */
export function understandDate(text: string, zone: string, now?: number): When | null {
  return findDate(text, [], { labels: [], projects: [], zone, now })?.due ?? null
}
