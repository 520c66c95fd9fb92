/** Every text of the web app in English. A language is a file of this shape (messages/index.ts). */
export const en = {
  product: 'TaskManager',
  landing: {
    description: 'Tasks, projects and labels in one calm, fast list that keeps up with you.',
  },
}

export type Messages = typeof en
