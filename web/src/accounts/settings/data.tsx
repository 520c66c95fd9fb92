import { useState } from 'react'
import { Button } from '@/ui/button'
import { explain } from '@/ui/explain'
import { useMessages } from '@/ui/messages'
import { toast } from '@/ui/toast'
import { type Export, take } from './download'
import { Section } from './section'

/** Everything that is somebody's, as files. */
export function Data() {
  const messages = useMessages()
  const { settings: words } = messages
  const [taking, setTaking] = useState<{ what: Export; share: number | null } | null>(null)
  const start = async (what: Export) => {
    setTaking({ what, share: null })
    try {
      await take(what, (share) => setTaking({ what, share }))
      toast(words.exportDone)
    } catch (error) {
      toast(explain(error, messages), { tone: 'problem' })
    } finally {
      setTaking(null)
    }
  }
  const files: readonly [Export, string, string][] = [
    ['json', words.exportAll, words.exportAllText],
    ['csv', words.exportTasks, words.exportTasksText],
  ]
  return (
    <Section name={words.data}>
      <p className="text-soft">{words.dataText}</p>
      <ul className="flex flex-col gap-3">
        {files.map(([what, name, text]) => (
          <li key={what} className="flex flex-col items-start gap-x-3 gap-y-1.5 lg:flex-row lg:items-center">
            <Button disabled={taking !== null} aria-label={words.exportDownload(name)} onClick={() => void start(what)} className="w-40">
              {name}
            </Button>
            <span className="text-sm text-faint">{text}</span>
          </li>
        ))}
      </ul>
      <p role="status" className="flex flex-col gap-1.5 text-sm text-soft empty:hidden">
        {taking && (
          <>
            {taking.share === null ? words.exportWaiting : words.exportProgress(Math.floor(taking.share * 100))}
            <progress aria-hidden value={taking.share ?? undefined} max={1} className="h-1.5 w-full" />
          </>
        )}
      </p>
    </Section>
  )
}
