'use client'

import { ChevronRight } from 'lucide-react'
import dynamic from 'next/dynamic'
import { useState } from 'react'
import type { Task } from '@/api/types'
import { cx } from '@/ui/cx'
import { useMessages } from '@/ui/messages'

const HistoryList = dynamic(() => import('./history-list'), { ssr: false })

/** The history, folded until somebody asks for it. */
export function HistorySection({ task }: { task: Task }) {
  const { history: words } = useMessages()
  const [open, setOpen] = useState(false)
  return (
    <section className="mt-8">
      <h2 className="text-sm font-semibold text-faint">
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)} className="-ml-1.5 flex h-8 items-center gap-1 rounded-md pr-2 pl-1 hover:bg-hover hover:text-ink">
          <ChevronRight size={15} aria-hidden className={cx('transition-transform duration-100', open && 'rotate-90')} />
          {words.title}
        </button>
      </h2>
      {open && <HistoryList task={task} />}
    </section>
  )
}
