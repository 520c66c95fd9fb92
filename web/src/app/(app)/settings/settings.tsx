'use client'

import { SettingsScreen } from '@/accounts/settings/screen'
import { openOverlay } from '@/tasks/overlays'

export function Settings() {
  return <SettingsScreen showKeys={() => openOverlay({ type: 'keys' })} />
}
