'use client'

import { soon } from '@/ui/soon'

export const LabelScreen = soon(() => import('@/tasks/named/named-screen').then((file) => file.LabelScreen))
