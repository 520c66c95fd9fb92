/** Server-sent events, read from a fetch body (EventSource can't send the bearer header). */
export interface ServerEvent {
  id: string
  event: string
  data: string
}

/** Feed it text as it arrives; it calls back once per complete event. */
export function eventParser(emit: (event: ServerEvent) => void): (chunk: string) => void {
  let rest = ''
  let lastId = ''
  let event = ''
  let data: string[] = []
  const line = (text: string) => {
    if (text === '') {
      if (data.length > 0 || event) emit({ id: lastId, event: event || 'message', data: data.join('\n') })
      event = ''
      data = []
      return
    }
    const colon = text.indexOf(':')
    if (colon === 0) return
    const field = colon < 0 ? text : text.slice(0, colon)
    const value = colon < 0 ? '' : text.slice(colon + 1).replace(/^ /, '')
    if (field === 'id') lastId = value
    else if (field === 'event') event = value
    else if (field === 'data') data.push(value)
  }
  return (chunk) => {
    const lines = (rest + chunk).split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop() ?? ''
    lines.forEach(line)
  }
}
