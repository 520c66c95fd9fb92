import type { Messages } from './messages'

interface Fault {
  code: string
}

interface Failure {
  status: number
  code: string
  retryAfter: number | null
  problem?: { errors?: readonly Fault[] }
}

/** A failed request in words that say what happens next. The server's own are for programs. */
export function explain(error: unknown, messages: Messages): string {
  const { problems } = messages
  if (!isFailure(error)) return problems.unexpected
  const known = said(error.code, messages)
  if (known) return known
  if (error.status === 0) return problems.offline
  if (error.status === 401) return problems.signedOut
  if (error.status === 404) return problems.gone
  if (error.status === 413) return problems.tooLarge
  if (error.status === 422) return explainFault(error.problem?.errors?.[0], messages)
  if (error.status === 429) return problems.tooMany(error.retryAfter ?? 30)
  if (error.status === 507) return problems.full
  if (error.status >= 500) return problems.unavailable
  return problems.unexpected
}

/** What is wrong with one field. */
export function explainFault(fault: Fault | undefined, messages: Messages): string {
  return (fault && said(fault.code, messages)) ?? messages.problems.invalid
}

function said(code: string, { problems }: Messages): string | undefined {
  return Object.hasOwn(problems.codes, code) ? problems.codes[code as keyof typeof problems.codes] : undefined
}

function isFailure(error: unknown): error is Failure {
  return error instanceof Error && 'status' in error && 'code' in error
}
