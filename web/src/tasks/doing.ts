import { ApiError } from '@/api/problem'
import { explain } from '@/ui/explain'
import { onceWritten } from '@/ui/keyboard'
import { currentMessages } from '@/ui/messages'
import { type Action, dismiss, problem, solved, toast, UNDO_TIME } from '@/ui/toast'
import type { Batched } from './batch'
import { Overtaken, type TaskEdits } from './edits'
import { currentOverlay, openOverlay } from './overlays'
import { type Step, UndoStack } from './undo-stack'

/** Tries once more, with these or with everything. */
export type Again = (rest?: readonly string[]) => void

export interface Manner {
  /** Steps of one key that follow each other soon are one. */
  key?: string
  /** How many documents it is about. */
  size?: number
  /** It saves itself while somebody writes: nothing is said until they have left the field. */
  typed?: boolean
  /** What it writes: once that is saved, no earlier failure to write it is offered again. */
  about?: string
  /** What was typed, for when it fails. */
  words?: string
  /** What else its toast offers. */
  also?: Action
}

/** What is being done and was done: said with a way back, or, when it failed, with a way on. */
export class Doing {
  private readonly steps = new UndoStack()
  /** Those that somebody is still writing at. */
  private readonly written = new Set<Step>()

  constructor(private readonly edits: TaskEdits) {}

  /** False when it failed. */
  async carry(sent: Promise<string | Batched>, said: string | null, again: Again, { key, size = 1, typed = false, about, words, also }: Manner = {}): Promise<boolean> {
    const made = sent.then((result): Batched => (typeof result === 'string' ? { revisions: [result], refused: 0 } : result))
    const step = this.steps.add({ said: said ?? '', key, size, also, made: [made], at: Date.now(), toast: null })
    if (said !== null && typed) this.offerOnceWritten(step)
    else if (said !== null) this.offer(step)
    const { done } = currentMessages()
    try {
      const { revisions, refused, undone, takeBack } = await made
      if (!takeBack && !revisions.some(Boolean)) this.forget(step, made)
      if (about) solved(about)
      if (refused > 0) toast(done.someRefused(refused), { tone: 'problem', stays: UNDO_TIME })
      if (undone) this.sayFailure(undone.error, () => again(undone.ids), { what: done.restFailed(undone.ids.length) })
      return true
    } catch (error) {
      this.forget(step, made)
      this.sayFailure(error, again, { about, what: words && done.wordsFailed(words) })
      return false
    }
  }

  private forget(step: Step, part: Promise<Batched>): void {
    this.steps.forget(step, part)
    if (!this.steps.has(step)) dismiss(step.toast)
  }

  private offer(step: Step): void {
    if (!this.steps.has(step)) return
    dismiss(step.toast)
    step.toast = toast(step.said, { action: { label: currentMessages().done.undo, run: () => this.takeBack(step) }, also: step.also })
  }

  private offerOnceWritten(step: Step): void {
    if (this.written.has(step)) return
    this.written.add(step)
    onceWritten(() => {
      this.written.delete(step)
      this.offer(step)
    })
  }

  get canUndo(): boolean {
    return this.steps.last !== undefined
  }

  /** The newest thing that can be taken back, for the keyboard. */
  undoLast(): boolean {
    const { last } = this.steps
    if (last) this.takeBack(last)
    return last !== undefined
  }

  private takeBack(step: Step): void {
    if (!this.steps.take(step)) return
    dismiss(step.toast)
    void this.commitsOf(step).then(
      (commits) => (commits ? this.undo(step, commits) : void toast(currentMessages().done.undone(step.said), { stays: 5_000 })),
      (error: unknown) => this.sayNotUndone(error, step, []),
    )
  }

  /** What there is to take back; null where that is done already. */
  private async commitsOf(step: Step): Promise<string[] | null> {
    const parts = await Promise.allSettled(step.made)
    const made = parts.flatMap((part) => (part.status === 'fulfilled' ? part.value : []))
    const commits = await Promise.all(made.map(({ revisions, takeBack }) => takeBack?.() ?? revisions))
    return commits.includes(null) ? null : commits.flatMap((some) => some ?? []).filter(Boolean)
  }

  /** Takes commits back, the newest first. */
  private async undo(step: Step, revisions: readonly string[], onConflict?: 'skip'): Promise<void> {
    const { done } = currentMessages()
    const made: string[] = []
    const left = [...revisions]
    try {
      for (let last = left.at(-1); last !== undefined; last = left.at(-1)) {
        made.push(await this.edits.revert(last, onConflict))
        left.pop()
      }
      const redo = made.filter(Boolean)
      if (redo.length === 0) return void toast(done.undoFailed(done.undoConflict), { tone: 'problem', stays: UNDO_TIME })
      const again = () => void this.carry(this.revertAll(redo), step.said, again, { size: step.size })
      toast(done.undone(step.said), { stays: 5_000, action: { label: done.redo, run: again } })
    } catch (error) {
      this.sayNotUndone(error, step, left)
    }
  }

  private async revertAll(revisions: readonly string[]): Promise<Batched> {
    const made: string[] = []
    for (const revision of revisions.toReversed()) made.push(await this.edits.revert(revision))
    return { revisions: made, refused: 0 }
  }

  private sayNotUndone(error: unknown, step: Step, left: readonly string[]): void {
    const { done } = currentMessages()
    const conflict = error instanceof ApiError && error.code === 'undo_conflict'
    if (!conflict) problem(done.undoFailed(explain(error, currentMessages())), { label: done.retry, run: () => void this.undo(step, left) })
    else if (step.size === 1) toast(done.undoFailed(done.undoConflict), { tone: 'problem', stays: UNDO_TIME })
    else problem(done.undoPart(step.said), { label: done.undoRest, run: () => void this.undo(step, left, 'skip') })
  }

  /** It stays until it is closed: its way on may hold the only copy of what was typed. */
  sayFailure(error: unknown, again: Again, { what, about }: { what?: string; about?: string } = {}): void {
    const messages = currentMessages()
    const { done } = messages
    const reason = explain(error, messages)
    if (error instanceof Overtaken) this.askWhichStays(error)
    else problem(what ? `${what} ${reason}` : done.failed(reason), { label: done.retry, run: () => again() }, about)
  }

  /** Shows both versions; over another dialog it waits in a toast. */
  private askWhichStays({ current: theirs, mine }: Overtaken): void {
    const { done } = currentMessages()
    const now = currentOverlay()
    const ask = () => openOverlay({ type: 'conflict', theirs, mine })
    if (now.type === 'none' || (now.type === 'conflict' && now.theirs.id === theirs.id)) ask()
    else toast(done.overtaken(theirs.title), { tone: 'problem', stays: null, action: { label: done.compare, run: ask } })
  }
}
