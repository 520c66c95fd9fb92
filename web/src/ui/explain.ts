import type { Messages } from './messages'

interface Failure {
  status: number
  code: string
  message: string
  retryAfter: number | null
}

/** A failed request in words that say what happens next. */
export function explain(error: unknown, messages: Messages): string {
  const { problems } = messages
  if (!isFailure(error)) return problems.unexpected
  const known = (problems.codes as Record<string, string | undefined>)[error.code]
  if (known) return known
  if (error.status === 0) return problems.offline
  if (error.status === 401) return problems.signedOut
  if (error.status === 404) return problems.gone
  if (error.status === 429) return problems.tooMany(error.retryAfter ?? 30)
  if (error.status === 507) return problems.full
  if (error.status >= 500) return problems.unavailable
  if (error.status === 422) return error.message || problems.unexpected
  return error.message || problems.unexpected
}

function isFailure(error: unknown): error is Failure {
  return error instanceof Error && 'status' in error && 'code' in error
}
