'use client'

import { ChevronRight } from 'lucide-react'
import { useState } from 'react'
import type { Task } from '@/api/types'
import { Button } from '@/ui/button'
import { cx } from '@/ui/cx'
import { Boundary, later } from '@/ui/later'
import { useMessages } from '@/ui/messages'

export const HistoryList = later(() => import('./history-list').then((file) => file.default))

/** The history, folded until somebody asks for it. */
export function HistorySection({ task }: { task: Task }) {
  const { history: words, failed, shell } = useMessages()
  const [open, setOpen] = useState(false)
  const sayFailed = (again: () => void) => (
    <p className="flex items-center gap-3 py-2 text-sm text-soft">
      {failed.part}
      <Button size="sm" onClick={again}>
        {shell.retry}
      </Button>
    </p>
  )
  return (
    <section className="mt-8">
      <h2 className="text-sm font-semibold text-faint">
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)} className="-ml-1.5 flex h-8 pointer-coarse:h-10 items-center gap-1 rounded-md pr-2 pl-1 hover:bg-hover hover:text-ink">
          <ChevronRight size={15} aria-hidden className={cx('transition-transform duration-100', open && 'rotate-90')} />
          {words.title}
        </button>
      </h2>
      {open && (
        <Boundary failed={sayFailed}>
          <HistoryList task={task} />
        </Boundary>
      )}
    </section>
  )
}
