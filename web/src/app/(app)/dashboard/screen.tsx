'use client'

import { soon } from '@/ui/soon'

export const DashboardScreen = soon(() => import('@/tasks/dashboard/screen').then((file) => file.DashboardScreen))
