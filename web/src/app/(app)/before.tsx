'use client'

import { usePathname } from 'next/navigation'
import type { ComponentType } from 'react'
import { SettingsBefore } from '@/accounts/settings/before'
import { DashboardBefore } from '@/tasks/first/dashboard'
import { GreyList, ListBefore } from '@/tasks/first/list'
import { plain } from '@/tasks/first/plain'
import { EVERYBODYS } from '@/tasks/views'

/** What a page shows before the code of the app is there, by the first part of its path. */
const BEFORE: Record<string, ComponentType> = {
  dashboard: DashboardBefore,
  projects: plain({ title: ({ projects }) => projects.title }),
  labels: plain({ title: ({ labels }) => labels.title }),
  browse: plain({ title: ({ shell }) => shell.more }),
  trash: plain({ title: ({ trash }) => trash.title, lead: ({ trash }) => trash.lead }),
  settings: SettingsBefore,
}
for (const kind of EVERYBODYS) BEFORE[kind] = () => <ListBefore kind={kind} />

export function Before() {
  const [, place = ''] = usePathname().split('/')
  const Shown = BEFORE[place] ?? GreyList
  return <Shown />
}
