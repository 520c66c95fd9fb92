import type { Action } from '@/ui/toast'
import type { Batched } from './batch'

/** Something that was done and can be taken back. */
export interface Step {
  said: string
  /** Steps of one key that follow each other soon are one: a text that saves itself while it is written. */
  key?: string
  /** How many documents it was about. */
  size: number
  /** What else its toast offers. */
  also?: Action
  made: readonly Promise<Batched>[]
  at: number
  /** The toast that offers the way back. */
  toast: number | null
}

const MOST = 100
const TOGETHER = 10_000

/** What was done, in order. It holds every step, whether or not a toast still shows it. */
export class UndoStack {
  private steps: Step[] = []

  get last(): Step | undefined {
    return this.steps.at(-1)
  }

  /** The step itself, or the last one where it went on with that. */
  add(step: Step): Step {
    const { last } = this
    if (last && step.key !== undefined && last.key === step.key && step.at - last.at < TOGETHER) return Object.assign(last, { said: step.said, at: step.at, made: [...last.made, ...step.made] })
    this.steps = [...this.steps, step].slice(-MOST)
    return step
  }

  has(step: Step): boolean {
    return this.steps.includes(step)
  }

  /** Takes it out. False where somebody did before. */
  take(step: Step): boolean {
    const there = this.has(step)
    this.steps = this.steps.filter((other) => other !== step)
    return there
  }

  /** A part of a step came to nothing; without any part there is no step. */
  forget(step: Step, part: Promise<Batched>): void {
    step.made = step.made.filter((made) => made !== part)
    if (step.made.length === 0) this.take(step)
  }
}
