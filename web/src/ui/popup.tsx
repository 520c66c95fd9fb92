'use client'

import { CSPProvider } from '@base-ui/react/csp-provider'
import { Dialog } from '@base-ui/react/dialog'
import { Popover } from '@base-ui/react/popover'
import type { ReactNode, RefObject } from 'react'
import { cx } from './cx'
import { useIsWide } from './media'

// Only loaded with what opens it: the first page does without.

interface Opened {
  close: () => void
  children: ReactNode
}

interface PopupProps extends Opened {
  anchor: HTMLElement
  label: string
}

/** A small surface at an element, on a phone at the bottom of the screen. Closing gives the focus back to where it came from. */
export function PopupAt(props: PopupProps) {
  const wide = useIsWide()
  return <CSPProvider disableStyleElements>{wide ? <Beside {...props} /> : <Sheet {...props} />}</CSPProvider>
}

function Beside({ anchor, label, close, children }: PopupProps) {
  return (
    <Popover.Root open onOpenChange={(open) => !open && close()}>
      <Popover.Portal>
        <Popover.Positioner anchor={anchor} sideOffset={6} align={anchor.matches('[data-task]') ? 'end' : 'start'} collisionPadding={12} className="z-50">
          <Popover.Popup
            data-modal
            aria-label={label}
            finalFocus={() => focusOf(anchor)}
            className="rise max-h-(--available-height) overflow-y-auto rounded-lg border border-line bg-raised shadow-pop outline-none"
          >
            {children}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )
}

function Sheet({ anchor, label, close, children }: PopupProps) {
  return (
    <Dialog.Root open onOpenChange={(open) => !open && close()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-50 bg-veil" />
        <Dialog.Popup
          data-modal
          aria-label={label}
          finalFocus={() => focusOf(anchor)}
          className="rise fixed inset-x-0 bottom-0 z-50 max-h-[85dvh] overflow-y-auto rounded-t-xl border-t border-line bg-raised pb-[max(0.5rem,env(safe-area-inset-bottom))] shadow-pop outline-none"
        >
          {children}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

/** A row is not focusable itself, its title is. */
function focusOf(anchor: HTMLElement): HTMLElement | null {
  if (!anchor.isConnected) return null
  return anchor.matches('button, a, input, textarea') ? anchor : (anchor.querySelector<HTMLElement>('[data-title]') ?? anchor)
}

interface ModalProps extends Opened {
  title: string
  hideTitle?: boolean
  initialFocus?: RefObject<HTMLElement | null>
  width?: string
}

/** A dialog over everything. */
export function Modal({ title, hideTitle, close, initialFocus, width = 'max-w-xl', children }: ModalProps) {
  return (
    <CSPProvider disableStyleElements>
      <Dialog.Root open onOpenChange={(open) => !open && close()}>
        <Dialog.Portal>
          <Dialog.Backdrop className="fixed inset-0 z-50 bg-veil" />
          <Dialog.Viewport className="fixed inset-0 z-50 flex items-start justify-center overflow-y-auto p-3 pt-[max(0.75rem,min(14vh,8rem))]">
            <Dialog.Popup
              data-modal
              initialFocus={initialFocus}
              className={cx('rise relative w-full rounded-xl border border-line bg-raised shadow-pop outline-none', width)}
            >
              <Dialog.Title className={hideTitle ? 'sr-only' : 'px-5 pt-5 text-lg font-semibold tracking-tight'}>{title}</Dialog.Title>
              {children}
            </Dialog.Popup>
          </Dialog.Viewport>
        </Dialog.Portal>
      </Dialog.Root>
    </CSPProvider>
  )
}
