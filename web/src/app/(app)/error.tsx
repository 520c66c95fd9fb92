'use client'

import { Button } from '@/ui/button'
import { Empty } from '@/ui/empty'
import { useMessages } from '@/ui/messages'

/** Inside the shell, whose main part it stands in. */
export default function Broken() {
  const { errorPage } = useMessages()
  return (
    <div className="flex h-full items-center justify-center">
      <Empty alone title={errorPage.title} text={errorPage.text}>
        <Button look="primary" onClick={() => location.reload()}>
          {errorPage.reload}
        </Button>
      </Empty>
    </div>
  )
}
