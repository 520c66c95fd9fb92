'use client'

import { X } from 'lucide-react'
import { IconButton } from '@/ui/button'
import { useModKey } from '@/ui/keyboard'
import { useMessages } from '@/ui/messages'
import { Modal } from '@/ui/popup'
import { closeOverlay } from './overlays'

/** Every key there is. */
export function KeysHelp() {
  const { keys, shell } = useMessages()
  const mod = useModKey()
  const groups: [string, [string, string[]][]][] = [
    [
      keys.groups.move,
      [
        [keys.next, ['j', '↓']],
        [keys.previous, ['k', '↑']],
        [keys.open, [keys.caps.enter]],
        [keys.close, [keys.caps.escape]],
        [keys.goInbox, ['g', 'i']],
        [keys.goToday, ['g', 't']],
        [keys.goUpcoming, ['g', 'u']],
        [keys.goAll, ['g', 'a']],
        [keys.goDashboard, ['g', 'd']],
      ],
    ],
    [
      keys.groups.everywhere,
      [
        [keys.palette, [mod, 'K']],
        [keys.add, ['q']],
        [keys.addMore, ['⇧', keys.caps.enter]],
        [keys.addLines, [mod, keys.caps.enter]],
        [keys.search, ['/']],
        [keys.undo, ['z']],
        [keys.help, ['?']],
      ],
    ],
    [
      keys.groups.task,
      [
        [keys.done, [keys.caps.space]],
        [keys.edit, ['e']],
        [keys.due, ['d']],
        [keys.priority, ['1', '2', '3', '4']],
        [keys.noPriority, ['0']],
        [keys.labels, ['l']],
        [keys.project, ['p']],
        [keys.status, ['s']],
        [keys.select, ['x']],
        [keys.selectRange, ['⇧', keys.click]],
        [keys.selectMore, ['⇧', '↑', '↓']],
        [keys.selectAll, [mod, 'A']],
        [keys.moveTask, ['Alt', '↑', '↓']],
        [keys.delete, [keys.caps.delete]],
      ],
    ],
    [
      keys.groups.board,
      [
        [keys.besides, ['←', '→']],
        [keys.moveCard, ['⇧', '←', '→']],
        [keys.orderCard, ['⇧', '↑', '↓']],
      ],
    ],
  ]
  return (
    <Modal title={keys.title} close={closeOverlay} width="max-w-3xl">
      <IconButton label={shell.close} onClick={closeOverlay} className="absolute top-4 right-4">
        <X size={18} aria-hidden />
      </IconButton>
      <div className="gap-10 p-5 sm:columns-2">
        {groups.map(([name, lines]) => (
          <section key={name} className="mb-6 break-inside-avoid last:mb-0">
            <h3 className="mb-1.5 text-sm font-semibold text-faint">{name}</h3>
            <dl>
              {lines.map(([what, caps]) => (
                <div key={what} className="flex min-h-8 items-center justify-between gap-4 text-sm">
                  <dt>{what}</dt>
                  <dd className="flex gap-1">
                    {caps.map((cap) => (
                      <kbd key={cap} className="min-w-6 rounded-sm border border-line bg-canvas px-1.5 py-0.5 text-center font-sans text-xs text-soft">
                        {cap}
                      </kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  )
}
