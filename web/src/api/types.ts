/** The wire's shapes under the product's names; everything else imports them from here. */
import type { components, paths } from './schema'

type Schemas = components['schemas']

export type User = Schemas['User']
export type Grant = Schemas['Grant']
export type Task = Schemas['Task']
export type NewTask = Schemas['NewTask']
export type TaskPatch = Schemas['TaskPatch']
export type TaskPage = Schemas['TaskPage']
export type When = NonNullable<Task['due']>
export type Status = Task['status']
export type Priority = Task['priority']
export type Project = Schemas['Project']
export type Label = Schemas['Label']
export type Stats = Schemas['Stats']
export type Change = Schemas['Change']
export type Problem = Schemas['Problem']
export type TaskQuery = NonNullable<paths['/api/tasks']['get']['parameters']['query']>
