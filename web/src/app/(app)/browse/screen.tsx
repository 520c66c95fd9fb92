'use client'

import { soon } from '@/ui/soon'

export const Browse = soon(() => import('@/tasks/shell/shell').then((file) => file.Browse))
