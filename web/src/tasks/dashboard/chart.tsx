'use client'

import { ChartNoAxesColumn, Table2 } from 'lucide-react'
import { type ReactNode, useId, useState } from 'react'
import { IconButton } from '@/ui/button'
import { cx } from '@/ui/cx'
import { useMessages } from '@/ui/messages'

interface ChartProps {
  name: string
  /** What is to be seen in it, in a sentence; replaced by what is pointed at. */
  said: ReactNode
  columns: readonly [string, string]
  rows: readonly (readonly [name: string, count: string])[]
  children: ReactNode
  className?: string
}

/** A picture for the eye over a table for everybody: hidden from sight until it is asked for, never from a reader. */
export function Chart({ name, said, columns, rows, children, className }: ChartProps) {
  const { dashboard: words } = useMessages()
  const id = useId()
  const [told, setTold] = useState(false)
  const Icon = told ? ChartNoAxesColumn : Table2
  return (
    <section aria-labelledby={id} className={cx('flex min-w-0 flex-col rounded-lg border border-line bg-raised p-4 sm:p-5', className)}>
      <header className="mb-4 flex items-start gap-2">
        <div className="min-w-0 flex-1">
          <h2 id={id} className="font-semibold">
            {name}
          </h2>
          <p className="min-h-5 text-sm text-soft">{said}</p>
        </div>
        <IconButton label={told ? words.asChart(name) : words.asTable(name)} aria-pressed={told} className="-mt-1 -mr-1.5" onClick={() => setTold(!told)}>
          <Icon size={16} aria-hidden />
        </IconButton>
      </header>
      {!told && (
        <div aria-hidden className="flex min-h-0 flex-1 flex-col">
          {children}
        </div>
      )}
      <div tabIndex={told ? 0 : undefined} role={told ? 'group' : undefined} aria-labelledby={told ? id : undefined} className={told ? 'max-h-72 overflow-y-auto rounded-sm' : 'sr-only'}>
        <table className="w-full text-sm">
          <caption className="sr-only">{name}</caption>
          <thead>
            <tr className="text-left text-faint">
              <th scope="col" className="sticky top-0 bg-raised py-1 font-medium">
                {columns[0]}
              </th>
              <th scope="col" className="sticky top-0 bg-raised py-1 text-right font-medium">
                {columns[1]}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([row, count]) => (
              <tr key={row} className="border-t border-line">
                <th scope="row" className="py-1.5 text-left font-normal">
                  {row}
                </th>
                <td className="py-1.5 text-right tabular-nums">{count}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
