'use client'

import { CircleDashed, Inbox } from 'lucide-react'
import { useMessages } from '@/ui/messages'
import { type Choice, PickList } from '@/ui/pick-list'
import { PopupAt } from '@/ui/popup'
import { groupingChoices, groupingOf } from '../board/columns'
import { PRIORITIES, STATUSES } from '../lists'
import { Dot, PriorityMark, STATUS_MARKS } from '../marks'
import { type FilterName, type Filters, isBoard, MANY, NARROWING, type Sort, SORTS, toggled, type View } from '../views'
import { useLabels, useProjects } from '../workspace'

interface MenuProps {
  anchor: HTMLElement
  close: () => void
  change: (next: Partial<Filters>) => void
}

/** Every filter there is, in one list that one types to narrow. */
export function FilterMenu({ view, filters, anchor, close, change }: MenuProps & { view: View; filters: Filters }) {
  const { toolbar: words } = useMessages()
  const choices = useFilterChoices(view)
  const chosen = new Set(NARROWING.flatMap((name) => filters[name].split(',').map((value) => `${name}=${value}`)))
  const take = (picked: string) => {
    const [name, value] = picked.split('=') as [FilterName, string]
    change({ [name]: toggled(filters, name, value) })
    if (!MANY.includes(name)) close()
  }
  return (
    <PopupAt anchor={anchor} label={words.addFilter} close={close}>
      <PickList label={words.addFilter} choices={choices} chosen={chosen} pick={take} />
    </PopupAt>
  )
}

/** Every filter that narrows this view, as field=value. */
export function useFilterChoices(view: View): Choice[] {
  const words = useMessages()
  const { toolbar } = words
  const labels = useLabels()
  const projects = useProjects()
  const due = [
    { value: 'due=overdue', name: toolbar.dueOverdue, group: toolbar.due },
    { value: 'due=week', name: toolbar.dueWeek, group: toolbar.due },
  ]
  return [
    ...PRIORITIES.toReversed().map((value) => ({ value: `priority=${value}`, name: words.priority[value], group: toolbar.priority, mark: <PriorityMark priority={value} /> })),
    ...(view.kind === 'today' || view.kind === 'upcoming' ? [] : due),
    ...(view.kind === 'label' ? [] : labels.map(({ id, name, color }) => ({ value: `label=${id}`, name, group: toolbar.label, mark: <Dot color={color} /> }))),
    ...(view.kind === 'project' || view.kind === 'inbox'
      ? []
      : [
          { value: 'project=none', name: toolbar.noProject, group: toolbar.project, mark: <Inbox size={16} aria-hidden className="text-faint" /> },
          ...projects.map(({ id, name, color }) => ({ value: `project=${id}`, name, group: toolbar.project, mark: <Dot color={color} square /> })),
        ]),
    { value: 'status=any', name: toolbar.anyStatus, group: toolbar.status, mark: <CircleDashed size={16} aria-hidden className="text-faint" /> },
    ...STATUSES.map((value) => ({ value: `status=${value}`, name: words.status[value], group: toolbar.status, mark: STATUS_MARKS[value] })),
  ]
}

export function SortMenu({ sort, anchor, close, change }: MenuProps & { sort: Sort }) {
  const { toolbar: words } = useMessages()
  const choices = SORTS.map((value) => ({ value, name: words.sorts[value] }))
  const take = (value: string) => {
    change({ sort: value })
    close()
  }
  return (
    <PopupAt anchor={anchor} label={words.sort} close={close}>
      <PickList label={words.sort} choices={choices} chosen={new Set([sort])} pick={take} searchable={false} />
    </PopupAt>
  )
}

export function GroupMenu({ view, filters, anchor, close, change }: MenuProps & { view: View; filters: Filters }) {
  const { board: words, toolbar } = useMessages()
  const label = isBoard(filters) ? words.group : toolbar.group
  const choices = groupingChoices(view, filters).map(({ by, value }) => ({ value, name: by ? words.groups[by] : toolbar.ungrouped }))
  const take = (value: string) => {
    change({ by: value })
    close()
  }
  return (
    <PopupAt anchor={anchor} label={label} close={close}>
      <PickList label={label} choices={choices} chosen={new Set([groupingChoices(view, filters).find(({ by }) => by === groupingOf(view, filters))!.value])} pick={take} searchable={false} />
    </PopupAt>
  )
}
