'use client'

import { ListBefore } from '@/tasks/first/list'
import { afterFirstSight } from './known'

/** One of the lists that everybody has. */
export const List = afterFirstSight(() => import('./everybodys-list').then((file) => file.EverybodysList), ListBefore)
