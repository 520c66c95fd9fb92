'use client'

import { useCallback } from 'react'
import { useMessages } from '@/ui/messages'
import { useColumnNames } from '../board/names'
import { useReader } from '../reader'
import type { Filters, View } from '../views'
import { type Named, nameOfDay } from './heading'
import type { Section } from './sections'

/** What each section is called; one without a heading as the list is. */
export function useSectionNames(view: View, filters: Filters, title: string): (section: Section) => Named {
  const messages = useMessages()
  const reader = useReader()
  const columnNames = useColumnNames(view, filters)
  return useCallback(
    ({ day, headed, column }: Section) => {
      if (!headed) return { name: title, mark: null, detail: '' }
      return day === null ? { ...columnNames(column), detail: '' } : nameOfDay(day, reader, messages)
    },
    [title, columnNames, messages, reader],
  )
}
