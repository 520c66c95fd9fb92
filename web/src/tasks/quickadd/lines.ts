import type { NewTask } from '@/api/types'
import type { Starter } from '../overlays'
import type { Understood } from './parse'

export interface WrittenLine {
  text: string
  /** 0 for a task, 1 for a step of the one above, and so on. */
  depth: number
  done: boolean
}

const DEEPEST = 7
const TAB = 4
const LONGEST = 500
const BULLET = /^(?:[-*+•–]|\d{1,3}[.)])\s+/
const BOX = /^\[( |x|X)\]\s+/

/** Lines as tasks: what is indented further than the line above belongs to it; bullets and boxes are dressing. */
export function linesOf(text: string): WrittenLine[] {
  const indents: number[] = []
  return text.split(/\r\n|\n|\r/).flatMap((raw) => {
    const line = raw.trimEnd()
    const bare = line.trimStart()
    if (!bare) return []
    const indent = [...line.slice(0, line.length - bare.length)].reduce((width, space) => width + (space === '\t' ? TAB : 1), 0)
    while (indents.length > 0 && indents.at(-1)! >= indent) indents.pop()
    indents.push(indent)
    const words = bare.replace(BULLET, '')
    const box = BOX.exec(words)
    const written = words.replace(BOX, '').trim()
    return written ? [{ text: written, depth: Math.min(indents.length - 1, DEEPEST), done: box !== null && box[1] !== ' ' }] : []
  })
}

export function isManyLines(text: string): boolean {
  return /[\r\n]/.test(text.trim()) && linesOf(text).length > 1
}

export interface Read {
  line: WrittenLine
  understood: Understood
}

/** Names that no label or project has yet, each once however it is written. */
export function newNames(all: readonly Read[]): { labels: string[]; projects: string[] } {
  const once = (names: string[]) => [...new Map(names.map((name) => [name.toLowerCase(), name])).values()]
  const labels = all.flatMap(({ understood }) => understood.labels.flatMap(({ id, name }) => (id ? [] : name)))
  const projects = all.flatMap(({ understood: { project } }) => (project && !project.id ? project.name : []))
  return { labels: once(labels), projects: once(projects) }
}

/** Ids by name in lower case, of what exists by now. */
export interface Made {
  labels: ReadonlyMap<string, string>
  projects: ReadonlyMap<string, string>
}

export function isTooLong(title: string): boolean {
  return title.length > LONGEST && [...title].length > LONGEST
}

/** What a title has no room for begins the description. */
function titled(text: string): Pick<NewTask, 'title' | 'description'> {
  if (!isTooLong(text)) return { title: text }
  const room = [...text].slice(0, LONGEST).join('')
  const space = text[room.length] === ' ' ? room.length : room.lastIndexOf(' ')
  const end = space > room.length / 2 ? space : room.length
  return { title: text.slice(0, end).trim(), description: text.slice(end).trim() }
}

/** The tasks that the lines say, parents before their steps; a step is in its parent's project unless it says so. */
export function draftsOf(all: readonly Read[], starter: Starter, made: Made, newId: () => string): (NewTask & { id: string })[] {
  const above: (NewTask & { id: string })[] = []
  return all.map(({ line, understood }) => {
    const { title, due, priority, labels, project } = understood
    const parent = line.depth > 0 ? above[line.depth - 1] : undefined
    const own = labels.flatMap(({ id, name }) => id ?? made.labels.get(name.toLowerCase()) ?? [])
    const draft: NewTask & { id: string } = {
      ...(parent ? { parent_id: parent.id, project_id: parent.project_id } : starter),
      id: newId(),
      ...titled(title || line.text),
      label_ids: [...new Set([...((parent ? null : starter.label_ids) ?? []), ...own])],
    }
    if (due) draft.due = due
    if (priority) draft.priority = priority
    if (line.done) draft.status = 'done'
    if (project) draft.project_id = project.id ?? made.projects.get(project.name.toLowerCase())
    above.length = line.depth
    above.push(draft)
    return draft
  })
}
