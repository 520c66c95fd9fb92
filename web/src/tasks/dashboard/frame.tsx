import type { ReactNode } from 'react'
import { cx } from '@/ui/cx'
import { useMessages } from '@/ui/messages'
import { pageClass } from '@/ui/page'

/** What is around the figures and charts. */
export function DashboardPage({ children }: { children: ReactNode }) {
  const { dashboard } = useMessages()
  return (
    <div className="h-full overflow-y-auto">
      <div className={cx(pageClass.wide, 'pb-28 md:pb-16')}>
        <h1 className="mb-5 text-xl font-semibold tracking-tight">{dashboard.title}</h1>
        {children}
      </div>
    </div>
  )
}

/** How figures stand beside each other. */
export const gridClass = 'mb-2 grid grid-cols-2 gap-x-4 gap-y-5 sm:grid-cols-3 lg:grid-cols-5'

export function Waiting() {
  const { shell } = useMessages()
  return (
    <div role="status" aria-label={shell.loading} className="flex flex-col gap-4">
      <div className={gridClass}>
        {[0, 1, 2, 3, 4].map((figure) => (
          <span key={figure} className="breathe h-20 rounded-md bg-line" style={{ opacity: 1 - figure * 0.16 }} />
        ))}
      </div>
      <WaitingCharts />
    </div>
  )
}

export function WaitingCharts() {
  return (
    <>
      <span className="breathe h-64 rounded-lg bg-line opacity-60" />
      <span className="breathe h-64 rounded-lg bg-line opacity-30" />
    </>
  )
}
