'use client'

import { X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { cx } from './cx'
import { useMessages } from './messages'
import { dismiss, type Toast, useToasts } from './toast'

const AT_ONCE = 3

/**
 * What just happened, and the way back. It waits while somebody points at it or tabs into it. Of what went well only
 * the newest are shown; one beneath comes to light again when those are gone and its own time is not over.
 */
export function Toaster() {
  const toasts = useToasts()
  const { toasts: name } = useMessages()
  const newest = new Set(toasts.filter(({ tone }) => tone === 'plain').slice(-AT_ONCE))
  return (
    <section
      aria-label={name}
      data-toasts
      aria-live="polite"
      className="pointer-events-none fixed inset-x-0 bottom-[calc(env(safe-area-inset-bottom)+4.5rem)] z-50 flex max-h-[60dvh] flex-col items-center gap-2 overflow-y-auto px-4 md:bottom-6"
    >
      {toasts.map((item) => (
        <ToastCard key={item.id} toast={item} covered={item.tone === 'plain' && !newest.has(item)} />
      ))}
    </section>
  )
}

function ToastCard({ toast, covered }: { toast: Toast; covered: boolean }) {
  const { shell } = useMessages()
  const [held, setHeld] = useState(false)
  useEffect(() => {
    if (held || toast.stays === null) return
    const timer = setTimeout(() => dismiss(toast.id), toast.stays)
    return () => clearTimeout(timer)
  }, [held, toast.id, toast.stays])
  if (covered) return null
  return (
    <div
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
      className={cx(
        'rise pointer-events-auto flex max-w-full items-center gap-1 rounded-lg bg-toast py-1.5 pr-1.5 pl-4 text-sm text-on-toast shadow-pop sm:max-w-lg',
        toast.tone === 'problem' && 'border-l-4 border-danger-solid',
      )}
    >
      <p className={cx('min-w-0 py-1 pr-2 break-words', toast.tone === 'plain' && 'line-clamp-3')}>{toast.text}</p>
      {[toast.also, toast.action].map(
        (action) =>
          action && (
            <button
              key={action.label}
              type="button"
              onClick={() => {
                dismiss(toast.id)
                action.run()
              }}
              className="h-8 shrink-0 rounded-md px-3 pointer-coarse:h-10 font-semibold text-toast-accent hover:bg-toast-hover focus-visible:outline-toast-accent"
            >
              {action.label}
            </button>
          ),
      )}
      <button
        type="button"
        aria-label={shell.close}
        onClick={() => dismiss(toast.id)}
        className="flex size-8 shrink-0 items-center justify-center rounded-md text-on-toast-soft pointer-coarse:size-10 hover:bg-toast-hover focus-visible:outline-toast-accent"
      >
        <X size={16} aria-hidden />
      </button>
    </div>
  )
}
