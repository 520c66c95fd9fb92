import { type FirstReads, keepReads } from '@/api/before-code'
import type { Label, Project } from '@/api/types'
import { columnsOf } from '../board/columns'
import { type Day, endOf } from '../dates'
import type { ListQuery } from '../lists'
import { FIRST, isSent, keys } from '../queries'
import { EVERYBODYS, PLAIN, PLAIN_BOARD, searchOf } from '../views'
import type { Names } from './read'

/** More names are not kept for that. */
const MOST_NAMES = 100

/** Has what everybody has asked for at its next start: their lists and boards, some only until the day ends, and the dashboard. */
export function keepFirstReads(day: Day, zone: string, projects: readonly Project[], labels: readonly Label[]): void {
  if (projects.length + labels.length > MOST_NAMES) return keepReads(null)
  const paths: FirstReads['paths'] = { '/dashboard': { asks: [{ url: '/api/tasks/stats', key: keys.stats }], until: Number.MAX_SAFE_INTEGER } }
  for (const kind of EVERYBODYS) {
    for (const filters of [PLAIN, PLAIN_BOARD]) {
      const queries = columnsOf({ kind }, filters, day, projects).map(({ query }) => query)
      const until = queries.some((query) => query.due_before || query.due_after) ? endOf({ date: day }, zone) : Number.MAX_SAFE_INTEGER
      paths[`/${kind}${searchOf(filters)}`] = { asks: queries.map(askFor), until }
    }
  }
  const about: Names = { zone, projects: projects.filter(isSent), labels: labels.filter(isSent) }
  keepReads({ about, paths })
}

function askFor(query: ListQuery): { url: string; key: readonly unknown[] } {
  const search = new URLSearchParams({ ...(query as Record<string, string>), limit: String(FIRST) })
  return { url: `/api/tasks?${search}`, key: keys.list(query) }
}
