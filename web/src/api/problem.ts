import type { Problem } from './types'

/** A request that did not succeed: what the server said, or that it could not be reached (`status` 0). */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly problem: Partial<Problem>
  readonly retryAfter: number | null

  constructor(status: number, code: string, problem: Partial<Problem> = {}, retryAfter: number | null = null) {
    super(problem.detail ?? problem.title ?? code)
    this.name = 'ApiError'
    this.status = status
    this.code = code
    this.problem = problem
    this.retryAfter = retryAfter
  }

  /** The same request may succeed later as it is. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status === 502 || this.status === 503 || this.status === 504
  }

  /** What is wrong with one field of the body, by its JSON pointer. */
  fault(field: string): { code: string; detail: string } | undefined {
    return this.problem.errors?.find((error) => error.pointer === `/${field}`)
  }
}

export function offline(): ApiError {
  return new ApiError(0, 'offline')
}

export async function problemOf(response: Response): Promise<ApiError> {
  const seconds = Number(response.headers.get('Retry-After'))
  const retryAfter = Number.isFinite(seconds) && seconds > 0 ? seconds : null
  let problem: Partial<Problem> = {}
  try {
    problem = (await response.clone().json()) as Partial<Problem>
  } catch {
    // A gateway answers in its own words; the status says enough.
  }
  return new ApiError(response.status, problem.code ?? `http_${response.status}`, problem, retryAfter)
}
