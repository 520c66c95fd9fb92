/** Text that is not sent yet, kept over a reload of this tab; each person's by itself. */

let prefix = 'draft:'

/** From now on drafts are read and kept for this person. */
export function ownDrafts(person: string): void {
  prefix = `draft:${person}:`
}

/** Whoever comes next finds none of this person's. */
export function dropDrafts(): void {
  try {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(prefix)) sessionStorage.removeItem(key)
  } catch {
    // Then there are none.
  }
}

export function readDraft(name: string): string {
  try {
    return sessionStorage.getItem(prefix + name) ?? ''
  } catch {
    return ''
  }
}

export function keepDraft(name: string, text: string): void {
  try {
    if (text) sessionStorage.setItem(prefix + name, text)
    else sessionStorage.removeItem(prefix + name)
  } catch {
    // The field itself still holds it.
  }
}

/** What was typed on while `taken` was being kept. */
export function restOf(now: string, taken: string): string {
  return now.startsWith(taken) ? now.slice(taken.length) : now
}
