import type { ReactNode } from 'react'

export interface HeadProps {
  title: string
  lead?: string
  mark?: ReactNode
  actions?: ReactNode
}

/** What a list is called. */
export function ListHead({ title, lead, mark, actions }: HeadProps) {
  return (
    <header className="mb-3 flex items-end gap-3">
      <div className="min-w-0 flex-1">
        <h1 className="flex items-center gap-2.5 text-xl font-semibold tracking-tight">
          {mark}
          <span className="truncate">{title}</span>
        </h1>
        {lead && <p className="text-sm text-faint">{lead}</p>}
      </div>
      {actions}
    </header>
  )
}
