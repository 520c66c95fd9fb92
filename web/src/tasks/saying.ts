import { currentMessages } from '@/ui/messages'
import type { BatchPatch } from './batch'

/** What a patch did to the task of this title, in one short sentence. */
export function sayChange(title: string, patch: BatchPatch, project?: string): string {
  const { done, edited, priority, status, task } = currentMessages()
  const fields = Object.keys(patch)
  if (fields.length > 1) return done.changed(title)
  if (patch.status === 'done') return done.completed(title)
  if (patch.status) return edited.status(title, status[patch.status])
  if (patch.priority) return edited.priority(title, priority[patch.priority])
  if (patch.title) return edited.title(patch.title)
  if ('project_id' in patch) return done.movedTo(title, project ?? task.noProject)
  if (fields.some((field) => field.endsWith('label_ids'))) return edited.labels(title)
  if ('description' in patch) return edited.description(title)
  if ('due' in patch) return edited.due(title)
  if ('start' in patch) return edited.start(title)
  return done.changed(title)
}
