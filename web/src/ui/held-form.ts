declare global {
  var holdForm: ((event: SubmitEvent) => void) | undefined
  var heldForm: HTMLFormElement | undefined
}

/** What was sent of a page that is shown before its code (server/after-paint.mjs). From now on nothing is held. */
export function takeHeldForm(): HTMLFormElement | undefined {
  const held = globalThis.heldForm
  if (globalThis.holdForm) removeEventListener('submit', globalThis.holdForm, true)
  globalThis.holdForm = globalThis.heldForm = undefined
  return held
}
