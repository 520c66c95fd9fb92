// A page that is whole without its code (`data-whole`) is shown before that is fetched: its words and its picture
// share the line with nothing.
const CODE = /<script src="([^"]+)"([^>]*) async=""[^>]*><\/script>/g
const AHEAD = /<link rel="preload" as="script"[^>]*\/>/g

export function afterPaint(html) {
  if (!/<div[^>]* data-whole=/.test(html)) return html
  const code = [...html.matchAll(CODE)].map(([, src, rest]) => ({ src, async: true, ...attributes(rest) }))
  const begin = `for(const one of ${JSON.stringify(code)})document.head.append(Object.assign(document.createElement('script'),one))`
  const wait = `<script>addEventListener('load',()=>requestAnimationFrame(()=>requestAnimationFrame(()=>setTimeout(()=>{${begin}}))))</script>`
  return html.replace(CODE, '').replace(AHEAD, '').replace('</head>', () => `${wait}</head>`)
}

function attributes(rest) {
  const found = Object.fromEntries([...rest.matchAll(/\b(id|crossorigin)="([^"]*)"/gi)].map(([, name, value]) => [name.toLowerCase(), value]))
  return { ...(found.id && { id: found.id }), ...(found.crossorigin !== undefined && { crossOrigin: found.crossorigin || 'anonymous' }) }
}
