'use client'

import { soon } from '@/ui/soon'

export const TrashScreen = soon(() => import('@/tasks/trash').then((file) => file.TrashScreen))
