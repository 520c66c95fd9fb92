import { api } from '@/api/client'
import { offline } from '@/api/problem'

export type Export = 'json' | 'csv'

const NAMES: Record<Export, string> = { json: 'taskmanager', csv: 'tasks' }

/** Fetches an export and hands it to the browser's downloads. `progress`: the share that is here, null where nobody knows. */
export async function take(what: Export, progress: (share: number | null) => void): Promise<void> {
  const given = { parseAs: 'stream' } as const
  const { response } = what === 'json' ? await api.GET('/api/export', given) : await api.GET('/api/export/tasks.csv', given)
  const parts = await read(response, progress)
  const day = new Date().toLocaleDateString('sv-SE')
  save(new Blob(parts, { type: response.headers.get('Content-Type') ?? '' }), `${NAMES[what]}-${day}.${what}`)
}

async function read(response: Response, progress: (share: number | null) => void): Promise<BlobPart[]> {
  const whole = response.headers.has('Content-Encoding') ? 0 : Number(response.headers.get('Content-Length'))
  const parts: BlobPart[] = []
  const reader = response.body?.getReader()
  let length = 0
  try {
    for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
      parts.push(part.value)
      length += part.value.length
      progress(whole > 0 ? length / whole : null)
    }
  } catch {
    throw offline()
  }
  return parts
}

function save(file: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  // The browser has taken it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
