import { ChevronDown } from 'lucide-react'
import { useRef, useState } from 'react'
import { buttonClass } from '@/ui/button'
import { later, openLater } from '@/ui/later'
import type { Choice } from '@/ui/pick-list'

const Choices = later(() => import('./choices').then((file) => file.Choices))

export interface ChooseProps {
  label: string
  shown: string
  chosen: string
  /** Only asked for when the list opens. */
  choices: (chosen: string) => readonly Choice[]
  pick: (value: string) => void
  busy: boolean
  searchable?: boolean
}

/** A button that says what is chosen, and opens the list to choose from. */
export function Choose(props: ChooseProps) {
  const { label, shown, busy } = props
  const button = useRef<HTMLButtonElement>(null)
  const [anchor, setAnchor] = useState<HTMLElement | null>(null)
  return (
    <>
      <button
        ref={button}
        type="button"
        aria-label={`${label}: ${shown}`}
        aria-haspopup="listbox"
        aria-expanded={anchor !== null}
        aria-busy={busy}
        onClick={() => openLater(Choices, () => setAnchor(button.current))}
        className={buttonClass('plain', 'md')}
      >
        {shown}
        <ChevronDown size={15} aria-hidden className="text-faint" />
      </button>
      {anchor && <Choices {...props} anchor={anchor} close={() => setAnchor(null)} />}
    </>
  )
}
