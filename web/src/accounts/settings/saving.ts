import { useState } from 'react'
import { explain } from '@/ui/explain'
import { useMessages } from '@/ui/messages'
import { toast } from '@/ui/toast'
import { editProfile } from '../profile'

/** Saves one part of the profile at a time, and says how that went. */
export function useSaving() {
  const messages = useMessages()
  const [busy, setBusy] = useState(false)
  const save = async (patch: Parameters<typeof editProfile>[0], refused: (text: string) => void = sayProblem) => {
    setBusy(true)
    try {
      await editProfile(patch)
      toast(messages.settings.saved)
    } catch (error) {
      refused(explain(error, messages))
    } finally {
      setBusy(false)
    }
  }
  return { busy, save }
}

function sayProblem(text: string): void {
  toast(text, { tone: 'problem' })
}
