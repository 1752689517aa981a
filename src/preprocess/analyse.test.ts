import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { analyse, type AnalyseSettings } from './analyse.ts'

const plain: AnalyseSettings = { separatorsToIndex: '', keepDiacriticsOnCharacters: '', placeholders: new Set() }
const words = (text: string, settings = plain) => analyse(text, settings).map((token) => token.text)
/** `text@position[as written]`. */
const placed = (text: string) =>
  analyse(text, plain).map(({ text: word, position, start, end }) => `${word}@${position}[${text.slice(start, end)}]`)

describe('analyse', () => {
  it('cuts a text of plain words as it cuts any other', () => {
    const piece = fc.constantFrom(
      ...['Shoe', 'a', 'b', ' ', ' ', '  ', ', ', '-', '. ', '.', "'", '(', '!', '\n', '5', 'ml', '&', 'é'],
    )
    // Nothing is plain to a shop that has a character stand for a word.
    const closer = { ...plain, separatorsToIndex: '¶' }
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
        const text = pieces.join('')
        expect(analyse(text, plain)).toEqual(analyse(text, closer))
      }),
      { numRuns: 1_000 },
    )
  })

  it('finds compounds whole and in parts', () => {
    expect(placed('WH-1000XM4 T-Shirt')).toEqual([
      'wh1000xm4@0[WH-1000XM4]',
      'wh@0[WH]',
      '1000xm4@1[1000XM4]',
      'tshirt@2[T-Shirt]',
      't@2[T]',
      'shirt@3[Shirt]',
    ])
    expect(words("L'Oréal H&M U.S.A.")).toEqual(['loreal', 'l', 'oreal', 'hm', 'h', 'm', 'usa', 'u', 's', 'a'])
  })

  it('reads a number and its unit the same however they are written', () => {
    for (const text of ['500ml', '500 ml', '500 Millilitres', '５００ｍｌ', '500-ml']) {
      expect(words(text), text).toEqual(['500ml', '500', 'ml'])
    }
    expect(words('6.7"')).toEqual(words('6.7 inches'))
    expect(words('1,000 pcs')).toEqual(['1000pcs', '1000', 'pcs'])
    expect(words('2 in 1')).toEqual(['2', 'in', '1'])
  })

  it('takes Chinese as characters, pairs and longer words, a blank between them for nothing', () => {
    expect(placed('手机 壳')).toEqual(['手@0[手]', '手机@0[手机]', '机@1[机]', '机壳@1[机 壳]', '壳@2[壳]'])
    expect(words('手機殼')).toEqual(words('手机壳'))
    expect(words('连衣裙')).toContain('连衣裙')
    expect(placed('送iphone15手机')).toContain('iphone15@1[iphone15]')
  })

  it('reads entities and skips tags, with offsets of the text as given', () => {
    expect(placed('Caf&eacute; <b>Tom</b>&amp;Jerry')).toEqual(['cafe@0[Caf&eacute;]', 'tom@1[Tom]', 'jerry@2[Jerry]'])
    expect(placed('AT&amp;T')[0]).toBe('att@0[AT&amp;T]')
    expect(placed('men&#39;s')[0]).toBe('mens@0[men&#39;s]')
  })

  it('keeps what the shop wants kept', () => {
    expect(words('C++ C#', { ...plain, separatorsToIndex: '+#' })).toEqual(['c', '+', '+', 'c', '#'])
    expect(words('Öl', { ...plain, keepDiacriticsOnCharacters: 'ö' })).toEqual(['öl'])
    expect(words('<street> 5', { ...plain, placeholders: new Set(['<street>']) })).toEqual(['<street>', '5'])
  })

  it('never cuts a character, and goes forward', () => {
    const pieces = [
      '𠮷',
      '手',
      '机',
      'é',
      'e\u0301',
      '&amp;',
      '<b>',
      ' ',
      '-',
      'a',
      '5',
      'ml',
      '"',
      "'",
      '&',
      'ﬁ',
      '👍',
      '.',
      ',',
    ]
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 20 }), (list) => {
        const text = list.join('')
        let position = 0
        for (const token of analyse(text, plain)) {
          expect(token.end).toBeGreaterThan(token.start)
          expect(token.position).toBeGreaterThanOrEqual(position)
          position = token.position
          for (const at of [token.start, token.end]) {
            const code = text.charCodeAt(at)
            expect(code >= 0xdc00 && code < 0xe000, `${text} is cut at ${at}`).toBe(false)
          }
        }
      }),
      { seed: 5, numRuns: 500 },
    )
  })
})
