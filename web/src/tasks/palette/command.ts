import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { score } from './fuzzy'

/** Something one can do: at once, or after a choice on a page of its own. */
export interface Command {
  id: string
  name: string
  group: string
  Icon?: LucideIcon
  mark?: ReactNode
  keys?: readonly string[]
  chosen?: boolean
  /** Said after the name. */
  hint?: string
  /** Other words it is found by. */
  words?: string
  run?: () => void
  page?: Page
}

export interface Page {
  title: string
  commands: readonly Command[]
  /** What the typed text itself means here: a date in words, a name that is new. */
  typed?: (text: string) => Command | null
}

const RECENT = 15
const MOST = 9

/** Every command, also those on pages, under a name that says where it is from. */
export function flat(commands: readonly Command[]): Command[] {
  return commands.flatMap((command) => [
    command,
    ...(command.page?.commands ?? []).map((inner) => ({ ...inner, group: command.group, name: `${command.page?.title}: ${inner.name}`, words: inner.words })),
  ])
}

/** What fits the typed letters, best first; what was chosen lately comes before its equals. */
export function search(commands: readonly Command[], typed: string, recent: readonly string[]): Command[] {
  const found = commands.flatMap((command) => {
    const fits = [command.name, command.words].flatMap((text) => (text ? (score(typed, text) ?? []) : []))
    if (fits.length === 0) return []
    const at = recent.indexOf(command.id)
    return [{ command, rank: Math.max(...fits) + (at < 0 ? 0 : RECENT - at) }]
  })
  return found
    .sort((one, other) => other.rank - one.rank)
    .slice(0, MOST)
    .map(({ command }) => command)
}
