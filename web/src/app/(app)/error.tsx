'use client'

import { Button } from '@/ui/button'
import { Empty } from '@/ui/empty'
import { useMessages } from '@/ui/messages'

export default function Broken() {
  const { errorPage } = useMessages()
  return (
    <main className="flex min-h-dvh items-center justify-center">
      <Empty alone title={errorPage.title} text={errorPage.text}>
        <Button look="primary" onClick={() => location.reload()}>
          {errorPage.reload}
        </Button>
      </Empty>
    </main>
  )
}
