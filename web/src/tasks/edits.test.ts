import { InfiniteQueryObserver, QueryClient } from '@tanstack/react-query'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Change, Task } from '@/api/types'
import type { TaskActions } from './actions'
import type { TaskEdits } from './edits'
import type { Pages } from './lists'
import { keys } from './queries'

/** What went out, and the answer: a server that can lose its way in the middle, which the real one will not on demand. */
interface Asked {
  method: string
  path: string
  body: never
}
interface Answered {
  status?: number
  body?: unknown
  revision?: string
}
type Answer = (asked: Asked) => Answered | Promise<Answered> | undefined

let asked: Asked[] = []
let answer: Answer
let client: QueryClient
let edits: TaskEdits
let actions: TaskActions
let toasts: () => readonly { text: string; tone: string; action?: { label: string; run: () => void } }[]

/** Outside a browser an address needs an origin. */
class PageRequest extends Request {
  constructor(input: RequestInfo | URL, init?: RequestInit) {
    super(typeof input === 'string' ? new URL(input, 'http://server.test') : input, init)
  }
}

async function server(request: RequestInfo | URL): Promise<Response> {
  if (!(request instanceof Request)) return Response.json({ access_token: 'token', expires_in: 600, user: { id: 'me' } })
  const text = await request.text()
  const one: Asked = { method: request.method, path: new URL(request.url).pathname, body: (text ? JSON.parse(text) : null) as never }
  asked.push(one)
  const { status = 200, body = {}, revision = `${asked.length}-x` } = (await answer(one)) ?? {}
  const type = status < 400 ? 'application/json' : 'application/problem+json'
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': type, Revision: revision } })
}

const task = (id: string, more: Partial<Task> = {}) => ({ id, version: 1, title: id, description: '', status: 'todo', priority: 'none', start: null, due: null, project_id: null, parent_id: null, label_ids: [], position: id, created_at: '', updated_at: '', completed_at: null, deleted_at: null, ...more }) as Task
const ids = (count: number) => Array.from({ length: count }, (_, index) => `t${String(index).padStart(4, '0')}`)
const hold = (tasks: Task[]) => client.setQueryData<Pages>(keys.list({ sort: 'position' }), { pages: [{ items: tasks, next_cursor: null, revision: '1-x' }], pageParams: [null] })
const shown = () => client.getQueryData<Pages>(keys.list({ sort: 'position' }))!.pages.flatMap((page) => page.items)
const saidNow = () => toasts().map(({ text }) => text)
const press = (label: string) => toasts().find(({ action }) => action?.label === label)!.action!.run()

type Operations = { operations: { op: string; id: string; task: Partial<Task> }[] }
const done = ({ operations }: Operations) => ({ revision: '', results: operations.map(({ id, task: patch }) => ({ status: 200, id, task: task(id, { ...patch, version: 2 }) })) })

beforeEach(async () => {
  vi.resetModules()
  asked = []
  vi.stubGlobal('Request', PageRequest)
  vi.stubGlobal('fetch', server)
  vi.stubGlobal('document', { activeElement: null })
  vi.stubGlobal('HTMLElement', class {})
  vi.stubGlobal('navigator', { locks: { request: (_name: string, work: () => unknown) => work() } })
  const toast = await import('@/ui/toast')
  toasts = toast.currentToasts
  client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  edits = new (await import('./edits')).TaskEdits(client, 'UTC')
  actions = new (await import('./actions')).TaskActions(edits, client)
})

afterEach(() => {
  vi.useRealTimers()
  client.clear()
  vi.unstubAllGlobals()
})

describe('a change to very many tasks', () => {
  beforeEach(() => hold(ids(1_200).map((id) => task(id))))

  it('shows at once, in one draw of the list', () => {
    const drawn = vi.fn()
    const unsubscribe = client.getQueryCache().subscribe(({ type, query }) => type === 'updated' && query.queryKey[1] === 'list' && drawn())
    answer = ({ body }) => ({ body: done(body) })
    const saved = edits.many(ids(1_200), { priority: 'high' })
    expect(shown().every(({ priority }) => priority === 'high')).toBe(true)
    expect(drawn).toHaveBeenCalledTimes(1)
    unsubscribe()
    return saved
  })

  it('that fails half-way keeps what was done, tries only the rest again, and undoes what was done', async () => {
    let full = true
    answer = ({ path, body }) => {
      if (path.endsWith('/revert')) return { body: { revision: '9-x', changes: [{ kind: 'label' }] } }
      return full && asked.length === 2 ? { status: 507, body: { code: 'storage_full' } } : { body: done(body) }
    }
    actions.changeAll(ids(1_200), { priority: 'high' })
    await vi.waitFor(() => expect(saidNow()).toContainEqual(expect.stringMatching(/^700 tasks were not saved/)))
    expect(shown().filter(({ priority }) => priority === 'high')).toHaveLength(500)
    expect(asked).toHaveLength(2)
    full = false
    press('Try again')
    await vi.waitFor(() => expect(asked).toHaveLength(4))
    const again = asked.slice(2).flatMap(({ body }) => (body as Operations).operations.map(({ id }) => id))
    expect(again).toEqual(ids(1_200).slice(500))
    await vi.waitFor(() => expect(shown().every(({ version }) => version === 2)).toBe(true))
    actions.undoLast()
    actions.undoLast()
    await vi.waitFor(() => expect(asked.filter(({ path }) => path.endsWith('/revert')).map(({ path }) => path.split('/')[3]).sort()).toEqual(['1-x', '3-x', '4-x']))
  })

  it('that fails altogether shows every task as it was', async () => {
    answer = () => ({ status: 507, body: { code: 'storage_full' } })
    await expect(edits.many(ids(1_200), { priority: 'high' })).rejects.toThrow()
    expect(shown().every(({ priority }) => priority === 'none')).toBe(true)
  })

  it('goes out after what is on its way for its tasks, and before what comes later', async () => {
    let release = () => undefined as void
    const held = new Promise<void>((resolve) => (release = resolve))
    const priorities: unknown[] = []
    answer = async ({ method, path, body }) => {
      if (method === 'POST') return { body: done(body) }
      if (priorities.push((body as Partial<Task>).priority) === 1) await held
      return { body: task(path.split('/')[3]!, { ...(body as Partial<Task>), version: 1 + asked.length }) }
    }
    const saved = [edits.patch('t0001', { priority: 'low' }), edits.many(ids(2), { priority: 'high' }), edits.patch('t0000', { priority: 'urgent' })]
    await vi.waitFor(() => expect(asked).toHaveLength(1))
    expect(shown().slice(0, 2).map(({ priority }) => priority)).toEqual(['urgent', 'high'])
    release()
    await Promise.all(saved)
    expect(asked.map(({ method }) => method)).toEqual(['PATCH', 'POST', 'PATCH'])
    expect(shown().slice(0, 2).map(({ priority }) => priority)).toEqual(['urgent', 'high'])
  })

  it('is taken back though its own news came before its answer', async () => {
    const gone = (id: string, version: number, deleted_at: [string | null, string | null]) =>
      ({ kind: 'task', id, version, op: version === 2 ? 'trash' : 'restore', at: '', by: '', fields: { deleted_at } }) as unknown as Change
    answer = async ({ body }) => {
      const { operations } = body as Operations
      await edits.apply(operations.map(({ id }) => gone(id, 2, [null, '2026-11-27'])))
      return { body: { revision: '', results: operations.map(({ id }) => ({ status: 204, id })) } }
    }
    await edits.many(ids(2), 'trash')
    expect(shown().map(({ id }) => id)).not.toContain('t0000')
    await edits.apply(ids(2).map((id) => gone(id, 3, ['2026-11-27', null])))
    expect(shown().map(({ id }) => id)).toContain('t0000')
  })

  it('puts each after the one before, also before the server has said where that is', () => {
    hold(['a', 'b', 'c', 'd'].map((id) => task(id)))
    answer = ({ body }) => ({ body: done(body) })
    const saved = edits.many(['c', 'a'], (_, index) => ({ place: index === 0 ? 'last' : { after: 'c' } }))
    expect(shown().map(({ id }) => id)).toEqual(['b', 'd', 'c', 'a'])
    return saved
  })
})

describe('tasks that are done one after the other', () => {
  const open = keys.list({ status: 'open', sort: 'position' })
  const seen = () => client.getQueryData<Pages>(open)!.pages.flatMap((page) => page.items.map(({ id }) => id))

  it('leave the list together, a moment after the last', async () => {
    vi.useFakeTimers()
    answer = ({ body }) => ({ body: task('a', { ...(body as Partial<Task>), version: 2 }) })
    const [a, b, c] = ['a', 'b', 'c'].map((id) => task(id)) as [Task, Task, Task]
    client.setQueryData<Pages>(open, { pages: [{ items: [a, b, c], next_cursor: null, revision: '1-x' }], pageParams: [null] })
    actions.complete([a])
    await vi.advanceTimersByTimeAsync(600)
    actions.complete([b])
    await vi.advanceTimersByTimeAsync(600)
    expect(seen()).toEqual(['a', 'b', 'c'])
    await vi.advanceTimersByTimeAsync(600)
    expect(seen()).toEqual(['c'])
  })
})

describe('the way back', () => {
  beforeEach(() => hold([task('a'), task('b')]))
  const patched: Answer = ({ path, body }) => (path.endsWith('/revert') ? { body: { revision: '9-x', changes: [] } } : { body: task(path.split('/')[3]!, { ...(body as Partial<Task>), version: 1 + asked.length }) })
  const reverted = () => asked.filter(({ path }) => path.endsWith('/revert')).map(({ path }) => path.split('/')[3])

  it('leads through everything that was done, the newest first', async () => {
    answer = patched
    for (const priority of ['low', 'medium', 'high', 'urgent'] as const) await actions.change('a', { priority })
    for (let steps = 4; steps > 0; steps -= 1) {
      expect(actions.undoLast()).toBe(true)
      await vi.waitFor(() => expect(reverted()).toHaveLength(5 - steps))
    }
    expect(reverted()).toEqual(['4-x', '3-x', '2-x', '1-x'])
    expect(actions.undoLast()).toBe(false)
  })

  it('is one step for a text that saves itself, unless something else was done in between', async () => {
    answer = patched
    await actions.change('a', { description: 'D' })
    await actions.change('a', { description: 'De' })
    await actions.change('b', { priority: 'low' })
    await actions.change('a', { description: 'Dear' })
    actions.undoLast()
    await vi.waitFor(() => expect(reverted()).toEqual(['4-x']))
    actions.undoLast()
    await vi.waitFor(() => expect(reverted()).toEqual(['4-x', '3-x']))
    actions.undoLast()
    await vi.waitFor(() => expect(reverted()).toEqual(['4-x', '3-x', '2-x', '1-x']))
  })

  it('does not lead to what changed nothing, and not to what failed', async () => {
    answer = ({ path }) => ({ body: task(path.split('/')[3]!) })
    expect(await actions.change('a', { priority: 'none' })).toBe(true)
    expect(actions.canUndo).toBe(false)
    answer = () => ({ status: 507, body: { code: 'storage_full' } })
    expect(await actions.change('a', { title: 'Typed with care' })).toBe(false)
    expect(actions.canUndo).toBe(false)
    expect(saidNow()).toEqual([expect.stringMatching(/^“Typed with care” was not saved/)])
  })

  it('waits for what is still on its way there', async () => {
    answer = patched
    void actions.change('a', { priority: 'low' })
    actions.undoLast()
    await vi.waitFor(() => expect(reverted()).toEqual(['1-x']))
  })

  it('can be tried again where the server was not there', async () => {
    answer = patched
    await actions.change('a', { priority: 'low' })
    answer = () => ({ status: 507, body: { code: 'storage_full' } })
    actions.undoLast()
    await vi.waitFor(() => expect(saidNow()).toContainEqual(expect.stringMatching(/^Could not undo/)))
    answer = patched
    press('Try again')
    await vi.waitFor(() => expect(reverted()).toEqual(['1-x', '1-x']))
  })
})

describe('what is said', () => {
  it('keeps problems until they are closed, and gathers those that are the same', async () => {
    const { problem, toast } = await import('@/ui/toast')
    const again = vi.fn()
    problem('Not saved.', { label: 'Try again', run: () => again(1) })
    for (const text of ['1', '2', '3', '4']) toast(text)
    problem('Not saved.', { label: 'Try again', run: () => again(2) })
    expect(saidNow()).toEqual(['1', '2', '3', '4', 'Not saved.'])
    press('Try again')
    expect(again.mock.calls).toEqual([[1], [2]])
  })

  it('does not offer to write again what was written anew since', async () => {
    const { problem, solved } = await import('@/ui/toast')
    const again = vi.fn()
    problem('Not saved.', { label: 'Try again', run: () => again('old') }, 'a:description')
    problem('Not saved.', { label: 'Try again', run: () => again('other') }, 'b:description')
    solved('a:description')
    press('Try again')
    expect(again.mock.calls).toEqual([['other']])
    solved('b:description')
    expect(saidNow()).toEqual([])
  })
})

describe('an answer', () => {
  let read: Promise<unknown>
  let arrive: (items: Task[]) => void

  beforeEach(() => {
    hold([task('a'), task('b')])
    const queryKey = keys.list({ sort: 'position' })
    const items = new Promise<Task[]>((resolve) => (arrive = resolve))
    read = client.fetchInfiniteQuery({ queryKey, queryFn: async () => ({ items: await items, next_cursor: null, revision: '1-x' }), initialPageParam: null, staleTime: 0 })
  })
  const titled = (id: string, version: number, title: string): Change => ({ revision: `${version}-x`, group: null, at: '', by: 'me', kind: 'task', id, op: 'update', version, fields: { title: ['', title] } })
  const titles = () => shown().map(({ title }) => title)

  it('from before what was heard since does not bring back what was', async () => {
    await edits.apply([titled('a', 2, 'New')])
    edits.forget(['b'])
    arrive([task('a'), task('b')])
    await read
    expect(titles()).toEqual(['New'])
  })

  it('from after what was heard since stands', async () => {
    await edits.apply([titled('a', 2, 'New')])
    arrive([task('a', { version: 3, title: 'Newest' }), task('b')])
    await read
    expect(titles()).toEqual(['Newest', 'b'])
  })

  it('that knows nothing of an edit on its way does not hide it', async () => {
    let save = (_: Answered) => undefined as void
    answer = () => new Promise((resolve) => (save = resolve))
    const saved = edits.patch('a', { title: 'Mine' })
    await vi.waitFor(() => expect(asked).toHaveLength(1))
    arrive([task('a'), task('b', { version: 2, title: 'Theirs' })])
    await read
    expect(titles()).toEqual(['Mine', 'Theirs'])
    save({ body: task('a', { version: 2, title: 'Mine' }) })
    await saved
    expect(titles()).toEqual(['Mine', 'Theirs'])
  })
})

describe('a search', () => {
  it('is asked for again after a change, once, and not while that is on its way', async () => {
    let found = 0
    const search = new InfiniteQueryObserver(client, { queryKey: keys.list({ q: 'milk' }), queryFn: () => Promise.resolve({ items: [], next_cursor: null, revision: `${(found += 1)}-x` }), initialPageParam: null, getNextPageParam: () => null })
    const unsubscribe = search.subscribe(() => undefined)
    client.setQueryData(keys.list({ q: 'oat' }), { pages: [], pageParams: [] })
    await vi.waitFor(() => expect(found).toBe(1))
    const change = (id: string): Change => ({ revision: '2-x', group: null, at: '', by: 'me', kind: 'task', id, op: 'create', version: 1, fields: { title: [null, 'Buy milk'] } })
    await edits.apply([change('x')])
    await edits.apply([change('y')])
    await vi.waitFor(() => expect(found).toBe(2), 2_000)
    expect(client.getQueryState(keys.list({ q: 'oat' }))?.isInvalidated).toBe(true)
    unsubscribe()
  })
})
