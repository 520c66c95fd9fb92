'use client'

import { useCallback, useEffect, useMemo } from 'react'
import { leaveDraft, saveDraft } from '../drafts'
import { useWorkspace } from '../workspace'

type Field = 'title' | 'description'

function useSaver() {
  const { actions, edits } = useWorkspace()
  return useMemo(() => ({ change: actions.change.bind(actions), find: edits.find.bind(edits) }), [actions, edits])
}

/** Saves what is written in a field of any task; `leave` when its writer is done there. */
export function useSaving() {
  const saver = useSaver()
  const save = useCallback((id: string, field: Field) => void saveDraft(saver, id, field), [saver])
  const leave = useCallback((id: string, field: Field) => void leaveDraft(saver, id, field), [saver])
  return useMemo(() => ({ save, leave }), [save, leave])
}

/** Whoever leaves the field by leaving the page, or its screen by the Back button, has left it all the same. */
export function useSaveOnLeaving(id: string, field: Field): void {
  const { save, leave } = useSaving()
  useEffect(() => {
    const flush = () => save(id, field)
    addEventListener('pagehide', flush)
    return () => {
      removeEventListener('pagehide', flush)
      leave(id, field)
    }
  }, [id, field, save, leave])
}
