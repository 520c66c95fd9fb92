import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { de } from './de'
import { en } from './en'
import { languageOf } from './index'
import { titleIn } from './speaker'

type Text = string | ((...given: never[]) => string)

/** Every text of a catalogue under its path. */
function texts(value: unknown, path = ''): Map<string, Text> {
  if (typeof value === 'string' || typeof value === 'function') return new Map([[path, value as Text]])
  const found = new Map<string, Text>()
  for (const [key, inner] of Object.entries(value as object)) for (const [at, text] of texts(inner, path ? `${path}.${key}` : key)) found.set(at, text)
  return found
}

/** The same word in both languages. */
const SHARED = new Set(['product', 'account.name', 'palette.groups.app', 'dashboard.onDay', 'keys.caps.escape', 'shell.labels', 'labels.title', 'trash.labels', 'settings.name', 'colors.1', 'keys.labels', 'keys.status'])
const isShared = (path: string) => SHARED.has(path) || /(^|\.)(status|statusColumn|filter|label|labels|labelPage|count)$/.test(path)

describe('the languages', () => {
  const english = texts(en)
  const german = texts(de)
  it('have a text for the same things, made of as much', () => {
    expect([...german.keys()].sort()).toEqual([...english.keys()].sort())
    for (const [path, text] of english) {
      const other = german.get(path)
      expect(typeof other, path).toBe(typeof text)
      if (typeof text === 'function') expect((other as () => string).length, path).toBe(text.length)
    }
  })
  it('say everything, and each in its own words', () => {
    const say = (text: Text | undefined) => {
      if (typeof text !== 'function') return text
      const ask = text as (...given: unknown[]) => string
      try {
        return ask(3, 2, 'x')
      } catch {
        return ask('x', '3', 'x')
      }
    }
    for (const [path, text] of german) {
      expect(say(text)?.trim(), path).not.toBe('')
      if (!isShared(path)) expect(say(text), path).not.toBe(say(english.get(path)))
    }
  })
  it('count one and many', () => {
    expect([en.done.deletedMany(1), en.done.deletedMany(1_200)]).toEqual(['Moved 1 task to the trash', 'Moved 1,200 tasks to the trash'])
    expect([de.done.deletedMany(1), de.done.deletedMany(1_200)]).toEqual(['1 Aufgabe in den Papierkorb gelegt', '1.200 Aufgaben in den Papierkorb gelegt'])
  })
  it('are chosen by what somebody understands best', () => {
    expect(languageOf(['fr-FR', 'de-AT', 'en'])).toBe('de')
    expect(languageOf(['en-US', 'de'])).toBe('en')
    expect(languageOf(['fr'])).toBe('en')
  })
  it('translate a page’s title, and leave names alone', () => {
    expect(titleIn('Today · TaskManager', de)).toBe('Heute · TaskManager')
    expect(titleIn('Garden · TaskManager', de)).toBe('Garden · TaskManager')
    expect(titleIn('TaskManager', de)).toBe('TaskManager')
  })
})

const SOURCE = join(import.meta.dirname, '../..')
const TOLD = new Set(['aria-label', 'aria-description', 'aria-roledescription', 'aria-valuetext', 'title', 'placeholder', 'alt', 'label', 'name', 'text', 'said', 'hint', 'lead'])
const WORD = /\p{L}{2,}/u

/** Texts that a component would show and that no catalogue holds. */
function loose(file: string, source: string): string[] {
  const found: string[] = []
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX)
  const tell = (node: ts.Node, text: string) => {
    const { line } = tree.getLineAndCharacterOfPosition(node.getStart())
    if (WORD.test(text.replace(/&\w+;/g, ' '))) found.push(`${file}:${line + 1} ${text.trim()}`)
  }
  const shown = (node: ts.Expression | undefined): void => {
    if (!node) return
    if (ts.isStringLiteralLike(node)) tell(node, node.text)
    else if (ts.isTemplateExpression(node)) tell(node, [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join(' '))
    else if (ts.isConditionalExpression(node)) [node.whenTrue, node.whenFalse].forEach(shown)
    else if (ts.isParenthesizedExpression(node)) shown(node.expression)
    else if (ts.isBinaryExpression(node) && node.operatorToken.kind !== ts.SyntaxKind.CommaToken) shown(node.right)
  }
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node)) tell(node, node.text)
    // English for everybody: pages are made once, for readers of every language.
    else if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression) && /^(en|de)$/.test(node.expression.text) && inJsx(node)) tell(node, node.getText())
    else if (ts.isJsxExpression(node) && !ts.isJsxAttribute(node.parent)) shown(node.expression)
    else if (ts.isJsxAttribute(node) && TOLD.has(node.name.getText()) && isTold(node)) {
      const { initializer } = node
      if (initializer && ts.isStringLiteral(initializer)) tell(node, initializer.text)
      else if (initializer && ts.isJsxExpression(initializer)) shown(initializer.expression)
    } else if (ts.isCallExpression(node) && node.expression.getText() === 'toast') shown(node.arguments[0])
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return found
}

function inJsx(node: ts.Node): boolean {
  return ts.isJsxExpression(node) || (node.parent !== undefined && inJsx(node.parent))
}

/** A form field's `name` is for the machine. */
function isTold(attribute: ts.JsxAttribute): boolean {
  if (attribute.name.getText() !== 'name') return true
  const { attributes } = attribute.parent.parent as ts.JsxOpeningLikeElement
  const element = (attributes.parent as ts.JsxOpeningLikeElement).tagName.getText()
  return !['input', 'Field', 'PasswordField', 'select', 'textarea', 'meta'].includes(element)
}

describe('the texts of the app', () => {
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.tsx') && !file.endsWith('.test.tsx'))
  it('all come from the catalogue', () => {
    expect(files.length).toBeGreaterThan(40)
    expect(files.flatMap((file) => loose(relative('.', file), readFileSync(join(SOURCE, file), 'utf8')))).toEqual([])
  }, 60_000)
  it('would be found if one did not', () => {
    const bad = '<p aria-label="Close it">{done ? "Saved now" : words.x} Hello <b>{`${n} tasks left`}</b></p>; toast("Gone")'
    expect(loose('x.tsx', bad)).toHaveLength(5)
    expect(loose('x.tsx', '<h1 title={en.account.signIn}>{en.account.lead}</h1>')).toHaveLength(2)
    expect(loose('x.tsx', 'const metadata = { title: en.account.signIn }')).toEqual([])
    expect(loose('x.tsx', '<kbd className="text-sm">q</kbd>')).toEqual([])
  })
})
