/** Text that is not sent yet, kept over a reload of this tab. */
export function readDraft(name: string): string {
  try {
    return sessionStorage.getItem(`draft:${name}`) ?? ''
  } catch {
    return ''
  }
}

export function keepDraft(name: string, text: string): void {
  try {
    if (text) sessionStorage.setItem(`draft:${name}`, text)
    else sessionStorage.removeItem(`draft:${name}`)
  } catch {
    // The field itself still holds it.
  }
}
