'use client'

import { soon } from '@/ui/soon'

export const LabelsScreen = soon(() => import('@/tasks/named/collection').then((file) => file.LabelsScreen))
