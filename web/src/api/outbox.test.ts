import { describe, expect, it } from 'vitest'
import { type Delivery, type Draft, type Entry, inMemory, Outbox, type Outcomes, type Post, type Sent } from './outbox'
import { ApiError, offline } from './problem'

const draft = (id: string, more: Partial<Draft> = {}): Draft => ({ id, title: id, ...more })
const written = (...drafts: Draft[]) => ({ drafts, labels: [], projects: [] })
const taken: Delivery = { tasks: [], revisions: ['1-a'], refused: null }
const noOutcomes: Outcomes = { delivered: () => undefined, refused: () => undefined, withdrawn: () => undefined }

function queue() {
  let turn: Promise<unknown> = Promise.resolve()
  return <T>(work: () => Promise<T>): Promise<T> => {
    const next = turn.then(work, work)
    turn = next.catch(() => undefined)
    return next
  }
}

/** Tabs of one browser: one store, one lock. */
function browser() {
  const store = Promise.resolve(inMemory())
  const alone = queue()
  return { store, tab: (post: Post, account = 'ana', outcomes = noOutcomes) => new Outbox(account, store, post, outcomes, alone) }
}

const ids = (outbox: Outbox) => outbox.entries().flatMap(({ drafts }) => drafts.map(({ id }) => id))

describe('the outbox', () => {
  it('sends in the order of writing, and is empty then', async () => {
    const sent: string[] = []
    const outbox = browser().tab((entry) => (sent.push(entry.drafts[0]!.id), Promise.resolve(taken)))
    for (const id of ['a', 'b', 'c']) await outbox.write(written(draft(id)))
    await outbox.flush()
    expect(sent).toEqual(['a', 'b', 'c'])
    expect(outbox.entries()).toEqual([])
  })
  it('keeps everything, in order, while nobody answers', async () => {
    let up = false
    const keys: string[] = []
    const outbox = browser().tab((entry) => (keys.push(entry.key), up ? Promise.resolve(taken) : Promise.reject(offline())))
    for (const id of ['a', 'b']) await outbox.write(written(draft(id)))
    await outbox.flush()
    expect([ids(outbox), outbox.isStuck(), keys.length]).toEqual([['a', 'b'], true, 1])
    up = true
    await outbox.flush()
    expect([ids(outbox), outbox.isStuck()]).toEqual([[], false])
    expect(keys[1]).toBe(keys[0])
  })
  it('tells what waited for a connection from what was only on its way', async () => {
    const { tab } = browser()
    const waited: Record<string, boolean> = {}
    const outcomes = { ...noOutcomes, delivered: (entry: Sent) => (waited[entry.drafts[0]!.id] = entry.waited) }
    const up = (): Outbox => tab(() => Promise.resolve(taken), 'ana', outcomes)
    await up().write(written(draft('reloaded at once')))
    await up().flush()
    const down = tab(() => Promise.reject(offline()))
    for (const id of ['failed', 'behind it']) await down.write(written(draft(id)))
    await down.flush()
    const next = up()
    await next.write(written(draft('known to be offline')), true)
    await next.write(written(draft('with a connection')))
    await next.flush()
    expect(waited).toEqual({ 'reloaded at once': false, failed: true, 'behind it': true, 'known to be offline': true, 'with a connection': false })
  })
  it('is found by the next page, but by no other account', async () => {
    const { tab } = browser()
    const sent: string[] = []
    const post = (who: string): Post => (entry) => (sent.push(`${who}: ${entry.drafts[0]!.id}`), Promise.resolve(taken))
    await tab(() => Promise.reject(offline())).write(written(draft('a')))
    await tab(post('bob'), 'bob').flush()
    expect(sent).toEqual([])
    await tab(post('ana')).flush()
    expect(sent).toEqual(['ana: a'])
  })
  it('is sent by one tab only', async () => {
    const { tab } = browser()
    const sent: string[] = []
    const post: Post = async (entry) => (await Promise.resolve(), sent.push(entry.drafts[0]!.id), taken)
    const [one, other] = [tab(post), tab(post)]
    await one.write(written(draft('a')))
    await Promise.all([one.flush(), other.flush()])
    expect(sent).toEqual(['a'])
  })
  it('keeps what is refused, with the reason, and goes on with the next', async () => {
    const refusals: string[] = []
    const outcomes = { ...noOutcomes, refused: (entry: Entry) => void refusals.push(entry.drafts[0]!.id) }
    const post: Post = (entry) => (entry.drafts[0]!.id === 'bad' ? Promise.reject(new ApiError(422, 'invalid', { detail: 'no such project' })) : Promise.resolve(taken))
    const outbox = browser().tab(post, 'ana', outcomes)
    for (const id of ['bad', 'good']) await outbox.write(written(draft(id)))
    await outbox.flush()
    expect(ids(outbox)).toEqual(['bad'])
    expect(outbox.entries()[0]?.refusal).toEqual({ status: 422, code: 'invalid', detail: 'no such project' })
    expect([refusals, outbox.isStuck()]).toEqual([['bad'], false])
  })
  it('keeps of a batch only what was left out, and sends that under a new key', async () => {
    const keys: string[] = []
    let answer: Delivery = { ...taken, refused: { ids: new Set(['b']), refusal: { status: 422, code: 'x', detail: '' } } }
    const outbox = browser().tab((entry) => (keys.push(entry.key), Promise.resolve(answer)))
    await outbox.write(written(draft('a'), draft('b')))
    await outbox.flush()
    expect(ids(outbox)).toEqual(['b'])
    answer = taken
    await outbox.retry(outbox.entries()[0]!.serial)
    expect(ids(outbox)).toEqual([])
    expect(new Set(keys).size).toBe(2)
  })
  it('waits for the next session without one', async () => {
    const outbox = browser().tab(() => Promise.reject(new ApiError(401, 'unauthenticated')))
    await outbox.write(written(draft('a')))
    await outbox.flush()
    expect([ids(outbox), outbox.entries()[0]?.refusal]).toEqual([['a'], null])
  })
  it('never sends what is taken back before it was tried', async () => {
    const sent: string[] = []
    const outbox = browser().tab((entry) => (sent.push(entry.drafts[0]!.id), Promise.resolve(taken)))
    const { key } = await outbox.write(written(draft('a')))
    expect(await outbox.withdraw(key)).toBe(true)
    await outbox.flush()
    expect([sent, ids(outbox)]).toEqual([[], []])
  })
  it('tells the server when what is taken back may have arrived', async () => {
    const sent: boolean[] = []
    let up = false
    const outbox = browser().tab((entry) => (sent.push(entry.withdrawn), up ? Promise.resolve(taken) : Promise.reject(offline())))
    const { key } = await outbox.write(written(draft('a')))
    await outbox.flush()
    await outbox.withdraw(key)
    expect(ids(outbox)).toEqual([])
    up = true
    await outbox.flush()
    await outbox.flush()
    expect(sent.at(-1)).toBe(true)
    expect(await outbox.withdraw(key)).toBe(false)
  })
  it('refers by the id that a name has, in what comes later too', async () => {
    const sent: Draft[] = []
    let up = false
    const post: Post = async (entry, rename) => {
      if (!up) throw offline()
      if (entry.labels.length > 0) await rename(new Map([['mine', 'theirs']]))
      sent.push(...entry.drafts)
      return taken
    }
    const outbox = browser().tab(post)
    const label = { id: 'mine', name: 'bills', color: '#fff' }
    await outbox.write({ drafts: [draft('a', { label_ids: ['mine'] })], labels: [label], projects: [] })
    await outbox.write({ drafts: [draft('b', { label_ids: ['mine', 'theirs'] })], labels: [label], projects: [] })
    await outbox.flush()
    up = true
    await outbox.flush()
    expect(sent.find(({ id }) => id === 'b')?.label_ids).toEqual(['theirs'])
  })
})
