import { useRef, useState } from 'react'
import { Button } from '@/ui/button'
import { explain } from '@/ui/explain'
import { type Messages, useMessages } from '@/ui/messages'
import { ago } from '@/ui/ago'
import { toast } from '@/ui/toast'
import { type Device, deviceOf, endDevice, useDevices, useFreshDevices } from './devices-known'
import { Section } from './section'

/** Where one is signed in; any of them can be ended from here. */
export function Devices() {
  const messages = useMessages()
  const { settings: words } = messages
  const { data: devices, isError } = useDevices()
  const fresh = useFreshDevices()
  const list = useRef<HTMLUListElement>(null)
  const [busy, setBusy] = useState(false)
  const others = devices?.filter(({ current }) => !current) ?? []
  const end = async (ended: readonly Device[], said: string) => {
    setBusy(true)
    try {
      for (const { id } of ended) await endDevice(id)
      toast(said)
      list.current?.focus()
    } catch (error) {
      toast(explain(error, messages), { tone: 'problem' })
    } finally {
      await fresh()
      setBusy(false)
    }
  }
  return (
    <Section name={words.devices}>
      {isError && <p className="text-soft">{words.devicesFailed}</p>}
      <ul ref={list} tabIndex={-1} aria-label={words.devices} className="-my-3 divide-y divide-line rounded-sm outline-offset-4">
        {devices?.map((device) => {
          const name = nameOf(device, words)
          return <Item key={device.id} device={device} name={name} busy={busy} end={() => void end([device], words.deviceEnded(name))} />
        })}
      </ul>
      {others.length > 1 && (
        <div>
          <Button size="sm" disabled={busy} onClick={() => void end(others, words.devicesEnded)}>
            {words.devicesEnd}
          </Button>
        </div>
      )}
    </Section>
  )
}

function Item({ device, name, busy, end }: { device: Device; name: string; busy: boolean; end: () => void }) {
  const { settings: words, locale } = useMessages()
  return (
    <li className="flex items-center gap-3 py-3">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 font-medium">
          {name}
          {device.current && <span className="rounded-full bg-selected px-2 text-xs font-medium text-accent">{words.deviceThis}</span>}
        </p>
        <p className="text-sm break-words text-faint">
          {words.deviceUsed(ago(device.used_at, locale))}
          {device.address && ` · ${device.address}`}
        </p>
      </div>
      {!device.current && (
        <Button size="sm" disabled={busy} aria-label={words.deviceEndNamed(name)} onClick={end}>
          {words.deviceEnd}
        </Button>
      )}
    </li>
  )
}

function nameOf({ user_agent }: Device, words: Messages['settings']): string {
  const device = deviceOf(user_agent)
  if (!device) return words.deviceUnknown
  return device.system ? words.deviceOn(device.browser, device.system) : device.browser
}
