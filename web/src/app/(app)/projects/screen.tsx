'use client'

import { soon } from '@/ui/soon'

export const ProjectsScreen = soon(() => import('@/tasks/named/collection').then((file) => file.ProjectsScreen))
