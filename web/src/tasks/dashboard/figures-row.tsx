import { ArrowDown, ArrowUp, Flame } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Stats } from '@/api/types'
import { cx } from '@/ui/cx'
import { useMessages } from '@/ui/messages'
import { NavLink } from '@/ui/nav-link'
import { useReader } from '../reader'
import { streakOf, weekOf } from './figures'
import { gridClass } from './frame'

/** What stands at a glance. */
export function Figures({ stats }: { stats: Stats }) {
  const { dashboard: words } = useMessages()
  const { locale } = useReader()
  const streak = streakOf(stats.completed)
  const week = weekOf(stats.completed)
  const more = week.now - week.before
  const say = (count: number) => count.toLocaleString(locale)
  return (
    <dl className={gridClass}>
      <Figure name={words.open} href="/all" note={words.inInbox(stats.inbox)}>
        {say(stats.open)}
      </Figure>
      <Figure name={words.overdue} href="/all?due=overdue" tone={stats.overdue > 0 ? 'text-danger' : undefined} note={stats.overdue > 0 ? words.overdueNote : words.overdueNone}>
        {say(stats.overdue)}
      </Figure>
      <Figure name={words.today} href="/today" note={words.todayNote}>
        {say(stats.today)}
      </Figure>
      <Figure
        name={words.week}
        note={
          <span className="inline-flex items-start gap-1">
            {more !== 0 && (more > 0 ? <ArrowUp size={13} aria-hidden className="mt-1 shrink-0 text-good" /> : <ArrowDown size={13} aria-hidden className="mt-1 shrink-0" />)}
            {words.weekBefore(more)}
          </span>
        }
      >
        {say(week.now)}
      </Figure>
      <Figure name={words.streak} note={streak.pending ? words.streakPending : streak.best === 0 ? words.streakNone : words.streakBest(streak.best)}>
        <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
          <Flame size={24} aria-hidden className={streak.days > 0 ? 'text-warn' : 'text-faint'} />
          {words.days(streak.days)}
        </span>
      </Figure>
    </dl>
  )
}

function Figure({ name, href, note, tone, children }: { name: string; href?: string; note: ReactNode; tone?: string; children: ReactNode }) {
  return (
    <div className="group relative flex flex-col border-l-2 border-line pl-3.5 has-[a:hover]:border-accent">
      <dt className="text-sm text-soft">
        {href ? (
          <NavLink href={href} className="rounded-sm underline-offset-4 after:absolute after:inset-0 group-hover:underline">
            {name}
          </NavLink>
        ) : (
          name
        )}
      </dt>
      <dd className="flex flex-col">
        <span className={cx('text-2xl font-semibold whitespace-nowrap tracking-tight tabular-nums', tone)}>{children}</span>
        <span className="text-sm text-faint">{note}</span>
      </dd>
    </div>
  )
}
