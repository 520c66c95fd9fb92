/** Hand-written from the wire contract until the server's OpenAPI document can be had. */
type Json<T> = { headers: Record<string, unknown>; content: { 'application/json': T } }
type Refused = { headers: Record<string, unknown>; content: { 'application/problem+json': components['schemas']['Problem'] } }
type Empty = { headers: Record<string, unknown>; content?: never }
type Answer<C extends number, T> = { [K in C]: [T] extends [never] ? Empty : Json<T> } & { default: Refused }
type Op<P, B, C extends number, T> = {
  parameters: P
  responses: Answer<C, T>
} & ([B] extends [never] ? { requestBody?: never } : { requestBody: { content: { 'application/json': B } } })
type S = components['schemas']
type Item = { path: { id: string }; query?: never; header?: { 'If-Match'?: string; 'Idempotency-Key'?: string; 'If-None-Match'?: string } }
type Keyed = { query?: never; header?: { 'Idempotency-Key'?: string } }
type Nothing = { query?: never; header?: never; path?: never }
type NamedCollection<D, I> = {
  get: Op<{ query?: { limit?: number; cursor?: string; trashed?: boolean } }, never, 200, { items: D[]; next_cursor: string | null; revision: string }>
  post: Op<Keyed, I, 201, D>
}
type NamedItem<D, I> = { get: Op<Item, never, 200, D>; patch: Op<Item, Partial<I>, 200, D>; delete: Op<Item, never, 204, never> }

export interface paths {
  '/api/auth/register': { post: Op<Nothing, { email: string; password: string; name: string }, 201, S['Grant']> }
  '/api/auth/login': { post: Op<Nothing, { email: string; password: string }, 200, S['Grant']> }
  '/api/auth/refresh': { post: Op<Nothing, never, 200, S['Grant']> }
  '/api/auth/logout': { post: Op<Nothing, never, 204, never> }
  '/api/auth/me': { get: Op<Nothing, never, 200, S['User']>; patch: Op<Nothing, Partial<S['User']>, 200, S['User']> }
  '/api/tasks': {
    get: Op<{ query?: S['TaskQuery'] }, never, 200, S['TaskPage']>
    post: Op<Keyed, S['NewTask'], 201, S['Task']>
  }
  '/api/tasks/{id}': {
    get: Op<Item, never, 200, S['Task']>
    patch: Op<Item, S['TaskPatch'], 200, S['Task']>
    delete: Op<{ path: { id: string }; query?: { permanent?: boolean }; header?: { 'If-Match'?: string; 'Idempotency-Key'?: string } }, never, 204, never>
  }
  '/api/tasks/{id}/restore': { post: Op<Item, never, 200, S['Task']> }
  '/api/tasks/batch': { post: Op<Keyed, { operations: S['Operation'][] }, 200, { revision: string; results: S['OperationResult'][] }> }
  '/api/tasks/stats': { get: Op<{ query?: { project_id?: string } }, never, 200, S['Stats']> }
  '/api/trash': { delete: Op<Keyed, never, 204, never> }
  '/api/projects': NamedCollection<S['Project'], S['NewProject']>
  '/api/projects/{id}': NamedItem<S['Project'], S['NewProject']>
  '/api/projects/{id}/restore': { post: Op<Item, never, 200, S['Project']> }
  '/api/labels': NamedCollection<S['Label'], S['NewLabel']>
  '/api/labels/{id}': NamedItem<S['Label'], S['NewLabel']>
  '/api/labels/{id}/restore': { post: Op<Item, never, 200, S['Label']> }
  '/api/changes/{revision}/revert': {
    post: Op<{ path: { revision: string }; header?: { 'Idempotency-Key'?: string } }, { on_conflict?: 'fail' | 'skip' }, 200, { revision: string; changes: S['Change'][] }>
  }
}

export interface components {
  schemas: {
    Problem: {
      type: string
      title: string
      status: number
      detail?: string
      code: string
      request_id?: string
      errors?: { pointer?: string; parameter?: string; code: string; detail: string }[]
      current?: unknown
      conflicts?: { kind: string; id: string; field: string }[]
    }
    User: {
      id: string
      email: string
      name: string
      timezone: string
      locale: string
      week_start: number
      avatar_url: string | null
      workspace_id: string
      created_at: string
    }
    Grant: { access_token: string; token_type: string; expires_in: number; user: components['schemas']['User'] }
    Status: 'todo' | 'in_progress' | 'done' | 'cancelled'
    Priority: 'none' | 'low' | 'medium' | 'high' | 'urgent'
    When: { date?: string; datetime?: string; timezone?: string | null }
    Task: {
      id: string
      workspace_id: string
      version: number
      title: string
      description: string
      status: components['schemas']['Status']
      priority: components['schemas']['Priority']
      start: components['schemas']['When'] | null
      due: components['schemas']['When'] | null
      project_id: string | null
      parent_id: string | null
      label_ids: string[]
      position: string
      created_at: string
      updated_at: string
      completed_at: string | null
      created_by: string
      deleted_at: string | null
    }
    TaskPatch: {
      title?: string
      description?: string
      status?: components['schemas']['Status']
      priority?: components['schemas']['Priority']
      start?: components['schemas']['When'] | null
      due?: components['schemas']['When'] | null
      project_id?: string | null
      parent_id?: string | null
      label_ids?: string[]
      place?: unknown
    }
    NewTask: components['schemas']['TaskPatch'] & { id?: string; title: string }
    TaskQuery: {
      limit?: number
      cursor?: string
      status?: string
      priority?: string
      project_id?: string
      parent_id?: string
      label_id?: string
      due_before?: string
      due_after?: string
      overdue?: boolean
      completed_after?: string
      trashed?: boolean
      q?: string
      sort?: string
    }
    TaskPage: { items: components['schemas']['Task'][]; next_cursor: string | null; revision: string }
    Project: {
      id: string
      workspace_id: string
      version: number
      name: string
      color: string | null
      icon: string | null
      position: string
      archived: boolean
      created_at: string
      updated_at: string
      deleted_at: string | null
    }
    NewProject: { id?: string; name: string; color?: string | null; icon?: string | null; archived?: boolean }
    Label: {
      id: string
      workspace_id: string
      version: number
      name: string
      color: string | null
      position: string
      created_at: string
      updated_at: string
      deleted_at: string | null
    }
    NewLabel: { id?: string; name: string; color?: string | null }
    Operation:
      | { op: 'create'; task: components['schemas']['NewTask'] }
      | {
          op: 'patch'
          id: string
          version?: number
          task: components['schemas']['TaskPatch'] & { add_label_ids?: string[]; remove_label_ids?: string[] }
        }
      | { op: 'delete'; id: string; version?: number }
    OperationResult: { status: number; id: string; task?: components['schemas']['Task']; problem?: components['schemas']['Problem'] }
    Stats: {
      as_of: string
      timezone: string
      by_status: Record<string, number>
      by_priority: Record<string, number>
      open: number
      overdue: number
      today: number
      inbox: number
      due: { date: string; count: number }[]
      completed: { date: string; count: number }[]
    }
    Change: {
      revision: string
      group: string | null
      at: string
      by: string
      kind: string
      id: string
      op: 'create' | 'update' | 'trash' | 'restore' | 'purge'
      version: number
      fields: Record<string, unknown[]>
    }
  }
}
