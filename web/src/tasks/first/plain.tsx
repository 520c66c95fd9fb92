import { type Messages, useMessages } from '@/ui/messages'
import { Bars, PageHead, pageClass } from '@/ui/page'

interface Said {
  title: (words: Messages) => string
  lead?: (words: Messages) => string
}

/** A page of which only the words are known that are the same for everybody. */
export function plain({ title, lead }: Said) {
  return function Plain() {
    const words = useMessages()
    return (
      <div className={pageClass.plain}>
        <PageHead title={title(words)} lead={lead?.(words)} />
        <Bars />
      </div>
    )
  }
}
