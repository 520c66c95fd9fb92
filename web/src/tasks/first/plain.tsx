import { cx } from '@/ui/cx'
import { type Messages, useMessages } from '@/ui/messages'
import { Bars, PageHead, type PageWidth, pageClass } from '@/ui/page'

interface Said {
  title?: (words: Messages) => string
  lead?: (words: Messages) => string
  width?: PageWidth
}

/** A page of which only the words are known that are the same for everybody. */
export function plain({ title, lead, width = 'plain' }: Said = {}) {
  return function Plain() {
    const words = useMessages()
    return (
      <div className={cx(pageClass[width], 'pb-8')}>
        {title ? <PageHead title={title(words)} lead={lead?.(words)} /> : <span className="breathe my-1.5 block h-5 w-32 rounded-full bg-line" />}
        <Bars />
      </div>
    )
  }
}
