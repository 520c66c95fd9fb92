// Loads a page as Lighthouse's phone does (4 times slower CPU, 1.6 Mbit/s, 150 ms) in a Chromium that is running:
// `node lighthouse.mjs DEBUGGING_PORT URL`. One line of JSON.
import lighthouse from 'lighthouse'

const [port, url] = process.argv.slice(2)
// The app keeps a stream open: Lighthouse would wait for silence until its 45 s are over.
const MOST_MS = 15_000
const CATEGORIES = ['performance', 'accessibility', 'best-practices']

function told(lhr) {
  const requests = lhr.audits['network-requests'].details.items
  const bytes = (some) => some.reduce((sum, { transferSize }) => sum + transferSize, 0)
  const failing = Object.values(lhr.audits).filter(({ id, score }) => score !== null && score < 1 && weighs(lhr, id))
  return {
    url: lhr.requestedUrl,
    shown: lhr.finalDisplayedUrl,
    fcp: lhr.audits['first-contentful-paint'].numericValue,
    lcp: lhr.audits['largest-contentful-paint'].numericValue,
    tbt: lhr.audits['total-blocking-time'].numericValue,
    cls: lhr.audits['cumulative-layout-shift'].numericValue,
    bytes: bytes(requests),
    scripts: bytes(requests.filter(({ resourceType }) => resourceType === 'Script')),
    scores: Object.fromEntries(CATEGORIES.map((name) => [name, Math.round(lhr.categories[name].score * 100)])),
    failing: failing.map(({ title }) => title),
  }
}

/** Whether it lowers the score of accessibility or best practices. */
function weighs(lhr, id) {
  return CATEGORIES.slice(1).some((name) => lhr.categories[name].auditRefs.some((audit) => audit.id === id && audit.weight > 0))
}

/** A trace that has lost its beginning says nothing: such a load is done once more. */
async function load(url, again = true) {
  const { lhr } = await lighthouse(url, { port: Number(port), logLevel: 'error', maxWaitForLoad: MOST_MS, onlyCategories: CATEGORIES })
  if (!lhr.runtimeError) return lhr
  if (!again) throw new Error(lhr.runtimeError.message)
  return load(url, false)
}

process.stdout.write(`${JSON.stringify(told(await load(url)))}\n`)
