// A page that is whole without its code (`data-whole`) is shown before that is fetched: its words and its picture
// share the line with nothing. A form that is sent by then is held for it (src/ui/held-form.ts).
const CODE = /<script src="([^"]+)"([^>]*) async=""[^>]*><\/script>/g
const AHEAD = /<link rel="preload" as="script"[^>]*\/>/g
const HOLD = `addEventListener('submit',globalThis.holdForm=function(event){event.preventDefault();event.stopImmediatePropagation();globalThis.heldForm=event.target},true)`

export function afterPaint(html) {
  if (!/<div[^>]* data-whole=/.test(html)) return html
  const code = [...html.matchAll(CODE)].map(([, src, rest]) => ({ src, async: true, ...attributes(rest) }))
  const begin = `for(const one of ${JSON.stringify(code)})document.head.append(Object.assign(document.createElement('script'),one))`
  const hold = html.includes('<form') ? `${HOLD};` : ''
  const wait = `<script>${hold}addEventListener('load',()=>requestAnimationFrame(()=>requestAnimationFrame(()=>setTimeout(()=>{${begin}}))))</script>`
  return html.replace(CODE, '').replace(AHEAD, '').replace('</head>', () => `${wait}</head>`)
}

function attributes(rest) {
  const found = Object.fromEntries([...rest.matchAll(/\b(id|crossorigin)="([^"]*)"/gi)].map(([, name, value]) => [name.toLowerCase(), value]))
  return { ...(found.id && { id: found.id }), ...(found.crossorigin !== undefined && { crossOrigin: found.crossorigin || 'anonymous' }) }
}
