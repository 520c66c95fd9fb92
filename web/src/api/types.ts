/** The wire's shapes under the product's names; everything else imports them from here. */
import type { components, paths } from './schema'

type Schemas = components['schemas']

export type User = Schemas['User']
export type Grant = Schemas['SignedIn']
export type Task = Schemas['Task']
export type NewTask = Schemas['TaskDraft']
export type TaskPatch = Schemas['TaskPatch']
export type TaskPage = Schemas['TaskList']
export type When = Schemas['When']
export type Status = Task['status']
export type Priority = Task['priority']
export type Project = Schemas['Project']
export type Label = Schemas['Label']
export type Stats = Schemas['Stats']
/** `fields`: before and after of each. */
export type Change = Omit<Schemas['Change'], 'fields'> & { fields: Record<string, readonly unknown[]> }
export type Problem = Schemas['Problem']
export type TaskQuery = NonNullable<paths['/api/tasks']['get']['parameters']['query']>
