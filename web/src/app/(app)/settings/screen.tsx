'use client'

import { soon } from '@/ui/soon'

export const Settings = soon(() => import('./settings').then((file) => file.Settings))
