'use client'

import { soon } from '@/ui/soon'
import type { Kind } from './everybodys-list'

export const ViewScreen = soon<{ kind: Kind }>(() => import('./everybodys-list').then((file) => file.EverybodysList))
