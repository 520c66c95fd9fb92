'use client'

import { SettingsScreen } from '@/accounts/settings'
import { openOverlay } from '@/tasks/overlays'

export function Settings() {
  return <SettingsScreen showKeys={() => openOverlay({ type: 'keys' })} />
}
