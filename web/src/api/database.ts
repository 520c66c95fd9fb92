/** What this browser keeps of an account, in IndexedDB: tasks not sent yet, and what was last seen. */
const NAME = 'taskmanager'
const VERSION = 1

export type StoreName = 'outbox' | 'kept'

let opening: Promise<IDBDatabase> | null = null

function open(): Promise<IDBDatabase> {
  opening ??= new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION)
    request.onupgradeneeded = () => {
      const outbox = request.result.createObjectStore('outbox', { keyPath: 'serial', autoIncrement: true })
      outbox.createIndex('account', 'account')
      const kept = request.result.createObjectStore('kept', { keyPath: ['account', 'name'] })
      kept.createIndex('account', 'account')
    }
    request.onsuccess = () => {
      const database = request.result
      database.onversionchange = () => database.close()
      database.onclose = () => (opening = null)
      resolve(database)
    }
    request.onerror = () => reject(request.error ?? new Error('IndexedDB'))
  }).catch((error: unknown) => {
    opening = null
    throw error
  })
  return opening
}

/** Whether there is one at all: some private windows have none. */
export async function hasDatabase(): Promise<boolean> {
  try {
    await open()
    return true
  } catch {
    return false
  }
}

/** Resolves when what was asked is done, and, where it writes something that nobody else has, on the disk. */
export async function within<T>(name: StoreName, mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T> | null): Promise<T> {
  const database = await open()
  return new Promise<T>((resolve, reject) => {
    const transaction = database.transaction(name, mode, { durability: name === 'outbox' ? 'strict' : 'relaxed' })
    const request = work(transaction.objectStore(name))
    transaction.oncomplete = () => resolve(request?.result as T)
    transaction.onabort = () => reject(transaction.error ?? new Error('IndexedDB'))
  })
}

export function allOf<T>(name: StoreName, account: string): Promise<T[]> {
  return within<T[]>(name, 'readonly', (store) => store.index('account').getAll(account))
}

/** What was seen goes with the sign-out; what is not sent yet waits for the next sign-in, and goes with the account. */
export async function forgetAccount(account: string, stores: readonly StoreName[]): Promise<void> {
  if (typeof indexedDB === 'undefined') return
  for (const name of stores) {
    try {
      const keys = await within(name, 'readonly', (store) => store.index('account').getAllKeys(account))
      await within(name, 'readwrite', (store) => {
        for (const key of keys) store.delete(key)
        return null
      })
    } catch {
      // Where there is no database, nothing was kept.
    }
  }
}
