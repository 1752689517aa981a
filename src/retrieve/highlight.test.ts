import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ItemId } from '../domain/ids.ts'
import { createLexicalIndex } from './lexical-index.ts'
import type { LexicalSettings } from './lexical.ts'

const marks = { pre: '[', post: ']' }

/** The highlight of a query in a text that is the only product. */
function highlight(text: string, query: string, settings: Partial<LexicalSettings> = {}) {
  const index = createLexicalIndex(settings)
  index.put('a' as ItemId, { objectID: 'a', title: text })
  return index.highlighter(index.search(query, { limit: 1 }).query).highlight(text, marks)
}
const value = (text: string, query: string, settings: Partial<LexicalSettings> = {}) =>
  highlight(text, query, settings).value

describe('highlighting', () => {
  it('marks words as typed, forms of them, slips, and of a beginning what was typed', () => {
    expect(value('Red Dresses, red!', 'red dress')).toBe('[Red] [Dresses], [red]!')
    expect(value('Wireless Headphones', 'wireles haedphones')).toBe('[Wireless] [Headphones]')
    expect(value('Wireless Headphones', 'headph')).toBe('Wireless [Headph]ones')
    expect(value('Crème Brûlée', 'creme brul')).toBe('[Crème] [Brûl]ée')
    expect(value('Cre\u0300me Bru\u0302le\u0301e', 'creme bru')).toBe('[Cre\u0300me] [Bru\u0302]le\u0301e')
  })

  it('marks what is written apart, together or with signs', () => {
    expect(value('Head Phones', 'headphones')).toBe('[Head] [Phones]')
    expect(value('Kids Headphones', 'head phones')).toBe('Kids [Headphones]')
    expect(value('Sony WH-1000XM4 black', 'wh1000xm4')).toBe('Sony [WH-1000XM4] black')
    expect(value('Sony WH-1000XM4', 'wh10')).toBe('Sony [WH-10]00XM4')
    expect(value('Shampoo 500 ml', '500ml')).toBe('Shampoo [500 ml]')
  })

  it('marks synonyms and phrases only where they stand', () => {
    const synonymList = [{ type: 'synonym' as const, synonyms: ['tv stand', 'television table'] }]
    expect(value('Television table, a table', 'tv stand', { synonymList })).toBe('[Television] [table], a table')
    expect(value('red wool dress, red dress', '"red dress"', { advancedSyntax: true })).toBe(
      'red wool dress, [red] [dress]',
    )
  })

  it('marks Chinese by characters, whichever way it was typed', () => {
    expect(value('苹果手机壳防摔', '手机壳')).toBe('苹果[手机壳]防摔')
    expect(value('苹果手機殼', '手机壳')).toBe('苹果[手機殼]')
    expect(value('苹果手机保护壳', '手机壳')).toBe('苹果[手机]保护[壳]')
    expect(value('𠮷野家手机', '手')).toBe('𠮷野家[手]机')
    expect(value('Nike运动鞋', 'yundong')).toBe('Nike[运动鞋]')
    expect(value('送iphone手机', 'iphone')).toBe('送[iphone]手机')
  })

  it('keeps entities and tags whole', () => {
    expect(value('Tom &amp; Jerry', 'amp')).toBe('Tom &amp; Jerry')
    expect(value('<b>Caf&eacute;</b> table', 'cafe b')).toBe('<b>[Caf&eacute;]</b> table')
    expect(value('AT&amp;T phone', 'att')).toBe('[AT&amp;T] phone')
  })

  it('says how much of the query was found', () => {
    const index = createLexicalIndex()
    index.put('a' as ItemId, { objectID: 'a', title: 'Red Dress', text: 'A dress' })
    const highlighter = index.highlighter(index.search('red dres', { limit: 1 }).query)
    expect(highlighter.highlight('Red Dress', marks)).toEqual({
      value: '[Red] [Dres]s',
      matchLevel: 'full',
      matchedWords: ['red', 'dres'],
      fullyHighlighted: false,
    })
    expect(highlighter.highlight('A dress', marks)).toMatchObject({ matchLevel: 'partial', matchedWords: ['dres'] })
    expect(highlighter.highlight('A hat', marks)).toEqual({ value: 'A hat', matchLevel: 'none', matchedWords: [] })
    expect(highlight('Red', 'red').fullyHighlighted).toBe(true)
  })

  it('cuts a snippet around the words, in Chinese too', () => {
    const text = 'One two three four five six red seven dress eight nine ten'
    const index = createLexicalIndex()
    index.put('a' as ItemId, { objectID: 'a', title: text })
    const snippet = (query: string, words: number, source = text) =>
      index.highlighter(index.search(query, { limit: 1 }).query).snippet(source, words, { ...marks, ellipsis: '…' })
        .value
    expect(snippet('red dress', 3)).toBe('…[red] seven [dress]…')
    expect(snippet('one', 2)).toBe('[One] two…')
    expect(snippet('ten', 2)).toBe('…nine [ten]')
    expect(snippet('red', 50)).toBe(text.replace('red', '[red]'))
    expect(snippet('hat', 2)).toBe('One two…')
    index.put('b' as ItemId, { objectID: 'b', title: '苹果手机壳防摔' })
    expect(snippet('手机', 3, '苹果手机壳防摔')).toBe('…果[手机]…')
  })

  it('leaves the text as it was but for marks, whatever stands in it', () => {
    const piece = fc.constantFrom(
      '手机',
      '壳',
      'red',
      'Red',
      'e\u0301',
      '𠮷',
      '&amp;',
      '&eacute;',
      '<b>',
      ' ',
      '-',
      '500',
      'ml',
      '"',
      "'",
      '👍',
    )
    const text = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(''))
    fc.assert(
      fc.property(text, text, fc.integer({ min: 1, max: 5 }), (source, query, words) => {
        const index = createLexicalIndex()
        index.put('a' as ItemId, { objectID: 'a', title: source })
        const highlighter = index.highlighter(index.search(query, { limit: 1 }).query)
        const special = { pre: '\u0001', post: '\u0002', ellipsis: '\u0003' }
        const whole = highlighter.highlight(source, special).value
        expect(whole.replaceAll(/[\u0001\u0002]/g, '')).toBe(source)
        expect(whole.replaceAll(/\u0001[^\u0001\u0002]+\u0002/g, '')).not.toMatch(/[\u0001\u0002]/)
        // No mark within a character or an entity.
        expect(whole).not.toMatch(/[\ud800-\udbff][\u0001\u0002]|&[a-z]*[\u0001\u0002][a-z]*;/)
        const part = highlighter.snippet(source, words, special).value
        expect(source).toContain(part.replaceAll(/[\u0001-\u0003]/g, ''))
      }),
      { seed: 9, numRuns: 400 },
    )
  })
})
