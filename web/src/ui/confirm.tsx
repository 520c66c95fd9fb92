'use client'

import { useRef } from 'react'
import { Button } from './button'
import { useMessages } from './messages'
import { Modal } from './popup'

/** Asked only where there is no way back. */
export function Confirm({ title, text, label, run, close }: { title: string; text: string; label: string; run: () => void; close: () => void }) {
  const { trash: words } = useMessages()
  const cancel = useRef<HTMLButtonElement>(null)
  return (
    <Modal title={title} close={close} initialFocus={cancel} width="max-w-md">
      <div className="px-5 pt-1.5 pb-5">
        <p className="text-soft">{text}</p>
        <div className="mt-5 flex justify-end gap-2">
          <Button ref={cancel} onClick={close}>
            {words.cancel}
          </Button>
          <Button
            look="danger"
            onClick={() => {
              run()
              close()
            }}
          >
            {label}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
