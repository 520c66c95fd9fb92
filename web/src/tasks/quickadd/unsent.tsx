'use client'

import { RotateCcw, SquarePen, Trash2 } from 'lucide-react'
import { type ComponentProps, useEffect } from 'react'
import type { Entry } from '@/api/outbox'
import { Button } from '@/ui/button'
import { keepDraft, readDraft } from '@/ui/draft'
import { explain } from '@/ui/explain'
import { useMessages } from '@/ui/messages'
import { Modal } from '@/ui/popup'
import { openOverlay } from '../overlays'
import { errorOf } from '../sending'
import { useOutbox } from '../waiting'
import { useWorkspace } from '../workspace'
import { DRAFT } from './take'

const SHOWN = 5

/** What the server refused, why, and what can be done about it. Nothing leaves it by itself. */
export function Unsent({ close }: { close: () => void }) {
  const { outbox: words } = useMessages()
  const refused = useOutbox().filter(({ refusal }) => refusal)
  useEffect(() => {
    if (refused.length === 0) close()
  }, [refused.length, close])
  return (
    <Modal title={words.title} close={close}>
      <p className="px-5 pt-1 text-sm text-soft">{words.lead}</p>
      <ul className="flex flex-col px-5 pt-2 pb-3">
        {refused.map((entry) => (
          <Refused key={entry.serial} entry={entry} close={close} />
        ))}
      </ul>
    </Modal>
  )
}

function Refused({ entry, close }: { entry: Entry; close: () => void }) {
  const messages = useMessages()
  const { outbox: words } = messages
  const { outbox } = useWorkspace().capture
  const titles = entry.drafts.map(({ title }) => title)
  const [first = ''] = titles
  const edit = async () => {
    keepDraft(DRAFT, [readDraft(DRAFT), ...titles].filter(Boolean).join('\n'))
    await outbox.withdraw(entry.key)
    close()
    openOverlay({ type: 'add', starter: {} })
  }
  return (
    <li className="border-b border-line py-3 last:border-0">
      <p className="font-medium break-words">{titles.slice(0, SHOWN).join(', ')}</p>
      {titles.length > SHOWN && <p className="text-sm text-soft">{words.more(titles.length - SHOWN)}</p>}
      <p className="mt-0.5 text-sm text-danger">{explain(errorOf(entry.refusal!), messages)}</p>
      <div className="mt-2 flex flex-wrap gap-2">
        <Act Icon={RotateCcw} name={words.send} label={words.again(first)} onClick={() => void outbox.retry(entry.serial)} />
        <Act Icon={SquarePen} name={words.edit} label={words.editNamed(first)} onClick={() => void edit()} />
        <Act Icon={Trash2} name={words.discard} label={words.discardNamed(first)} onClick={() => void outbox.withdraw(entry.key)} />
      </div>
    </li>
  )
}

function Act({ Icon, name, label, ...rest }: ComponentProps<'button'> & { Icon: typeof Trash2; name: string; label: string }) {
  return (
    <Button size="sm" aria-label={label} {...rest}>
      <Icon size={14} aria-hidden />
      {name}
    </Button>
  )
}
