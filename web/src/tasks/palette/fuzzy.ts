/** Lower case and without marks: "Über" is found by "uber". */
export function plain(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}

const START_OF_WORD = /[\s/·:“"(-]/

/**
 * How well typed letters fit a name, null where they don't: all of them in order, best in one run and at the
 * beginning of words ("gtd" fits "Go to Dashboard").
 */
export function score(typed: string, name: string): number | null {
  const wanted = plain(typed).replace(/\s+/g, ' ').trim()
  const text = plain(name)
  if (!wanted) return 0
  const whole = text.indexOf(wanted)
  if (whole >= 0) return 100 - Math.min(whole, 30) - Math.min(text.length - wanted.length, 40) / 4 + (whole === 0 || START_OF_WORD.test(text[whole - 1]!) ? 40 : 0)
  const words = wanted.split(' ')
  if (words.length > 1 && words.every((word) => text.includes(word))) return 60 - text.length / 8
  return scattered(wanted.replaceAll(' ', ''), text)
}

function scattered(wanted: string, text: string): number | null {
  let at = -1
  let total = 0
  for (const letter of wanted) {
    const next = nextPlace(letter, text, at)
    if (next < 0) return null
    const atStart = next === 0 || START_OF_WORD.test(text[next - 1]!)
    if (!atStart && next !== at + 1) total -= 3 + Math.min(next - at, 10)
    else total += atStart ? 8 : 4
    at = next
  }
  return total > 0 ? Math.min(total, 50) - text.length / 16 : null
}

/** The next place of a letter: where a word begins with it, if that comes at all; but a run goes on. */
function nextPlace(letter: string, text: string, from: number): number {
  if (text[from + 1] === letter) return from + 1
  for (let at = text.indexOf(letter, from + 1); at >= 0; at = text.indexOf(letter, at + 1)) {
    if (at === 0 || START_OF_WORD.test(text[at - 1]!)) return at
  }
  return text.indexOf(letter, from + 1)
}
