import { useState } from 'react'
import { useBrowser } from '@/ui/browser'
import { Button } from '@/ui/button'
import { setSingleKeys, singleKeysOn } from '@/ui/keyboard'
import { useMessages } from '@/ui/messages'
import { Section } from './section'

export function Keyboard({ showKeys }: { showKeys: () => void }) {
  const { settings: words } = useMessages()
  const stored = useBrowser(singleKeysOn, true)
  const [chosen, setOn] = useState<boolean | null>(null)
  const on = chosen ?? stored
  const turn = (next: boolean) => {
    setOn(next)
    setSingleKeys(next)
  }
  return (
    <Section name={words.keyboard}>
      <label className="flex cursor-pointer items-start gap-3">
        <input type="checkbox" role="switch" checked={on} onChange={(event) => turn(event.target.checked)} className="mt-1 size-4" />
        <span>
          {words.keys}
          <span className="block text-sm text-faint">{words.keysText}</span>
        </span>
      </label>
      <div>
        <Button size="sm" onClick={showKeys}>
          {words.showKeys}
        </Button>
      </div>
    </Section>
  )
}
