import { useUser } from '@/api/session'
import { useBrowser } from '@/ui/browser'
import { Button } from '@/ui/button'
import { useMessages } from '@/ui/messages'
import { deviceZone } from '../profile'
import { Choose } from './choose'
import { useSaving } from './saving'
import { Fact, Section } from './section'

/** How dates are meant and shown: the zone they are in, and the day a week begins with. */
export function Dates() {
  const { settings: words, locale } = useMessages()
  const { timezone, week_start } = useUser()
  const { busy, save } = useSaving()
  const here = useBrowser(deviceZone, null as string | null)
  const days = [1, 2, 3, 4, 5, 6, 7].map((day) => ({ value: String(day), name: weekday(day, locale) }))
  return (
    <Section name={words.dates}>
      <Fact name={words.zone}>
        <Choose label={words.zone} shown={spaced(timezone)} chosen={timezone} choices={zones} busy={busy} pick={(zone) => void save({ timezone: zone })} />
        {here && here !== timezone && (
          <Button size="sm" look="ghost" disabled={busy} onClick={() => void save({ timezone: here })}>
            {words.zoneHere(spaced(here))}
          </Button>
        )}
      </Fact>
      <Fact name={words.weekStart}>
        <Choose
          label={words.weekStart}
          shown={weekday(week_start, locale)}
          chosen={String(week_start)}
          choices={() => days}
          busy={busy}
          pick={(day) => void save({ week_start: Number(day) })}
          searchable={false}
        />
      </Fact>
    </Section>
  )
}

/** 1 is Monday, as in ISO 8601: so was the first of January 2024. */
function weekday(day: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' }).format(Date.UTC(2024, 0, day))
}

function spaced(zone: string): string {
  return zone.replaceAll('_', ' ')
}

function zones(chosen: string) {
  const known = new Set([...Intl.supportedValuesOf('timeZone'), 'UTC', chosen])
  return [...known].sort().map((value) => {
    const [area = '', ...places] = spaced(value).split('/')
    return places.length > 0 ? { value, name: places.join(' / '), group: area } : { value, name: area, group: '' }
  })
}
