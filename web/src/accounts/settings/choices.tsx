import { useMemo } from 'react'
import { PickList } from '@/ui/pick-list'
import { PopupAt } from '@/ui/popup'
import type { ChooseProps } from './choose'

export function Choices({ label, chosen, choices, pick, searchable, anchor, close }: ChooseProps & { anchor: HTMLElement; close: () => void }) {
  const offered = useMemo(() => choices(chosen), [choices, chosen])
  const take = (value: string) => {
    if (value !== chosen) pick(value)
    close()
  }
  return (
    <PopupAt anchor={anchor} label={label} close={close}>
      <PickList label={label} choices={offered} chosen={new Set([chosen])} pick={take} searchable={searchable} />
    </PopupAt>
  )
}
