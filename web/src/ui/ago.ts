const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** How long ago an instant was, in words: "5 minutes ago", "yesterday", "now". */
export function ago(instant: string, locale: string, now = Date.now()): string {
  const seconds = Math.max(0, (now - Date.parse(instant)) / 1000)
  const [unit, length] = STEPS.find(([, step]) => seconds >= step) ?? ['second', Infinity]
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(-Math.floor(seconds / length) || 0, unit)
}
