import type { ReactNode } from 'react'
import { useMessages } from './messages'

/** How far from the edges a page begins. */
export const edgeClass = 'px-4 pt-6 sm:px-8 md:pt-10'

/** Where a page's text stands, by how wide that is. */
export const pageClass = {
  list: `mx-auto max-w-4xl lg:max-w-240 lg:px-16 ${edgeClass}`,
  plain: `mx-auto max-w-4xl ${edgeClass}`,
  wide: `mx-auto max-w-5xl ${edgeClass}`,
  text: `mx-auto max-w-2xl ${edgeClass}`,
}

interface PageHeadProps {
  title: string
  lead?: string
  actions?: ReactNode
}

/** What a page is called, and what can be done with all of it. */
export function PageHead({ title, lead, actions }: PageHeadProps) {
  return (
    <header className="mb-4 flex min-h-8 items-center justify-between gap-3 pointer-coarse:min-h-10">
      <div>
        <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
        {lead && <p className="text-sm text-faint">{lead}</p>}
      </div>
      {actions}
    </header>
  )
}

const WIDTHS = [62, 48, 71, 39, 56, 44]

/** Lines that are not there yet. */
export function Bars() {
  return (
    <div className="pt-1">
      {WIDTHS.map((width, index) => (
        <div key={width} className="flex h-10 items-center gap-3 px-2" style={{ opacity: 1 - index * 0.14 }}>
          <span className="breathe size-[1.125rem] shrink-0 rounded-full bg-line" />
          <span className="breathe h-3 rounded-full bg-line" style={{ width: `${width}%` }} />
        </div>
      ))}
    </div>
  )
}

/** The same where all else is there already. */
export function Skeleton() {
  const { shell } = useMessages()
  return (
    <div role="status" aria-label={shell.loading}>
      <Bars />
    </div>
  )
}
