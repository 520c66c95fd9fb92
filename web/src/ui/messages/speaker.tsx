'use client'

import { useEffect } from 'react'
import { currentMessages, keptLanguage, speak, useMessages } from './index'
import { en } from './en'

/** Speaks the reader's language as soon as the page is alive, in its title too. */
export function Speaker() {
  const { locale } = useMessages()
  useEffect(() => {
    const language = keptLanguage()
    if (language !== 'en') void speak(language)
  }, [])
  useEffect(() => {
    const translate = () => {
      const said = titleIn(document.title)
      if (said !== document.title) document.title = said
    }
    translate()
    const watch = new MutationObserver(translate)
    watch.observe(document.head, { childList: true, subtree: true, characterData: true })
    return () => watch.disconnect()
  }, [locale])
  return null
}

/** Pages are made with English titles; each is a text of the catalogue. */
export function titleIn(title: string, messages = currentMessages()): string {
  const [name = '', ...rest] = title.split(' · ')
  const pairs = [
    ...(Object.keys(en.shell) as (keyof typeof en.shell)[]).map((key) => [en.shell[key], messages.shell[key]]),
    [en.account.signIn, messages.account.signIn],
    [en.account.register, messages.account.register],
    [en.panel.label, messages.panel.label],
    [en.task.projectPage, messages.task.projectPage],
    [en.task.labelPage, messages.task.labelPage],
    [en.notFound.title, messages.notFound.title],
  ]
  const found = pairs.find(([english]) => english === name)?.[1]
  return typeof found === 'string' && rest.length > 0 ? [found, ...rest].join(' · ') : title
}
