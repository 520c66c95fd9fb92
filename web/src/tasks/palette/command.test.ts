import { describe, expect, it } from 'vitest'
import { type Command, flat, search } from './command'

const command = (id: string, name: string, more: Partial<Command> = {}): Command => ({ id, name, group: 'g', ...more })
const commands = [
  command('today', 'Today', { words: 'go to today' }),
  command('theme', 'Theme…', { page: { title: 'Theme', commands: [command('dark', 'Dark'), command('light', 'Light')] } }),
  command('tags', 'Labels', { words: 'tags' }),
]

describe('the palette', () => {
  it('finds what is on a page without going there', () => {
    expect(search(flat(commands), 'dark', [])[0]).toMatchObject({ id: 'dark', name: 'Theme: Dark' })
  })
  it('finds by other words too', () => {
    expect(search(commands, 'tags', []).map(({ id }) => id)).toEqual(['tags'])
  })
  it('puts what was chosen lately before its equals', () => {
    const twins = [command('a', 'Move up'), command('b', 'Move on')]
    expect(search(twins, 'move', []).map(({ id }) => id)).toEqual(['a', 'b'])
    expect(search(twins, 'move', ['b']).map(({ id }) => id)).toEqual(['b', 'a'])
  })
})
