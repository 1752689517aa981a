import { describe, expect, it } from 'vitest'
import type { ItemId } from '../domain/ids.ts'
import type { SearchOptions } from './lexical.ts'
import { createLexicalIndex } from './lexical-index.ts'

const index = createLexicalIndex({ searchableAttributes: ['title'] })
const titles = [
  ...Array.from({ length: 12 }, (_, at) => `Waterproof leather boots for women, number ${at}`),
  ...Array.from({ length: 12 }, (_, at) => `Canvas tool wrap with ${at + 2} pockets`),
  ...Array.from({ length: 5 }, (_, at) => `Paper wrap ${at}`),
  ...Array.from({ length: 2 }, (_, at) => `Weaving warp ${at}`),
  ...Array.from({ length: 3 }, (_, at) => `Oak table ${at}`),
  ...Array.from({ length: 3 }, (_, at) => `USB cable ${at}`),
  'Bamboo boards',
  'Leather boats',
]
for (const [at, title] of titles.entries()) index.put(`p${at}` as ItemId, { objectID: `p${at}`, title })

const ask = (query: string, options: Partial<SearchOptions> = {}) => index.search(query, { limit: 10, ...options })
const idsOf = (query: string, options?: Partial<SearchOptions>) =>
  ask(query, options).answers.map(({ itemId }) => itemId)

describe('a misspelt query', () => {
  it('gets the answer of the right one, in its order, and says so', () => {
    const { query, answers, total } = ask('watreproof laether bots')
    expect(query.meant).toBe('waterproof leather boots')
    expect(query.words.map(({ text, typed }) => [text, typed])).toEqual([
      ['waterproof', 'watreproof'],
      ['leather', 'laether'],
      ['boots', 'bots'],
    ])
    expect(answers.map(({ itemId }) => itemId)).toEqual(idsOf('waterproof leather boots'))
    expect(total).toBe(ask('waterproof leather boots').total)
    expect(answers.every(({ typos }) => typos === 3)).toBe(true)
  })

  it('loses its stop words as if they had been typed', () => {
    expect(idsOf('bootz fpr women')).toEqual(idsOf('boots for women'))
    expect(ask('tol wrap wiht pokcets').query.words.map(({ text }) => text)).toEqual(['tool', 'wrap', 'pockets'])
  })

  it('marks what was typed', () => {
    const marked = index.highlighter(ask('laether bots').query)
    expect(marked.highlight('Leather boots', { pre: '<', post: '>' })).toMatchObject({
      value: '<Leather> <boots>',
      matchedWords: ['laether', 'bots'],
    })
  })

  it('makes a known word doubtful that goes with the others only a slip away', () => {
    expect(ask('canvsa tol warp').query.meant).toBe('canvas tool wrap')
    expect(idsOf('canvsa tol warp')).toEqual(idsOf('canvas tool wrap'))
    expect(ask('warp').query.meant).toBeUndefined()
    expect(ask('canvas tool warp').query.meant).toBeUndefined()
  })

  it('keeps every correction where none is likelier than the others', () => {
    const { query, total } = ask('xable')
    expect(query.meant).toBeUndefined()
    expect(total).toBe(6)
  })

  it('is read as typed where the shop says how slips are forgiven', () => {
    for (const options of [{ typoTolerance: 'min' }, { typoTolerance: false }, { asMeant: false }] as const) {
      expect(ask('laether bots', options).query.meant).toBeUndefined()
    }
  })
})

it('leaves a query of known words as it is', () => {
  for (const query of ['leather boots', 'leather boats', 'warp', 'paper wrap', 'table for women']) {
    expect(ask(query), query).toEqual(ask(query, { asMeant: false }))
  }
})
