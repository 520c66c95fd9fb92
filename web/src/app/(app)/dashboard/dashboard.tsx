'use client'

import { DashboardBefore } from '@/tasks/first/dashboard'
import { afterFirstSight } from '../known'

export const Dashboard = afterFirstSight(() => import('@/tasks/dashboard/screen').then((file) => file.DashboardScreen), DashboardBefore)
