'use client'

import { soon } from '@/ui/soon'

export const ProjectScreen = soon(() => import('@/tasks/named/named-screen').then((file) => file.ProjectScreen))
