'use client'

import { cx } from '@/ui/cx'
import { useMessages } from '@/ui/messages'
import { pageClass } from '@/ui/page'
import { Account } from './account'
import { Appearance } from './appearance'
import { Data } from './data'
import { Dates } from './dates'
import { Devices } from './devices'
import { Keyboard } from './keyboard'
import { Password } from './password'
import { Profile } from './profile'

/** Few things, each saved by itself. */
export function SettingsScreen({ showKeys }: { showKeys: () => void }) {
  const { settings: words } = useMessages()
  return (
    <div className="h-full overflow-y-auto">
      <div className={cx(pageClass.text, 'pb-28')}>
        <h1 className="mb-6 text-xl font-semibold tracking-tight">{words.title}</h1>
        <Profile />
        <Dates />
        <Appearance />
        <Keyboard showKeys={showKeys} />
        <Password />
        <Devices />
        <Data />
        <Account />
      </div>
    </div>
  )
}
