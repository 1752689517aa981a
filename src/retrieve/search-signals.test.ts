/** Reading a question, meaning and signals, on a shop small enough to know the right answer. */
import { beforeAll, describe, expect, it } from 'vitest'
import { createBreathe } from '../base/breathe.ts'
import { createRng } from '../base/rng.ts'
import type { CatalogueId, ItemId } from '../domain/ids.ts'
import { type ItemRecord, readItem } from '../domain/item.ts'
import { readAsked, withSmallWords } from './asked.ts'
import { type LatentIndex, learnLatentIndex } from './latent-index.ts'
import { createLexicalIndex } from './lexical-index.ts'
import { lexicalWords, typedWords } from './lexical-words.ts'
import { createProductFacts, titleHeads } from './product-facts.ts'
import { searchSignals, signalRows, signalsOf } from './search-signals.ts'
import { textualScores } from './textual-order.ts'

const records: ItemRecord[] = [
  {
    objectID: 'laces',
    title: 'Running shoes with laces',
    description: 'Bright laces.',
    category: ['Shoes', 'Running'],
  },
  {
    objectID: 'none',
    title: 'Running shoes',
    description: 'Without laces, for the street.',
    category: ['Shoes', 'Running'],
  },
  { objectID: 'bag', title: 'Bag for running shoes', description: 'Holds a pair.', category: ['Bags'] },
  {
    objectID: 'sofa',
    title: 'Sofa in grey velvet',
    description: 'Living room seat with cushions',
    category: ['Seats'],
  },
  {
    objectID: 'couch',
    title: 'Couch in blue velvet',
    description: 'Living room seat with cushions',
    category: ['Seats'],
  },
  { objectID: 'sofa-2', title: 'Sofa in green velvet', description: 'Seat with cushions', category: ['Seats'] },
  { objectID: 'couch-2', title: 'Couch in red velvet', description: 'Living seat with cushions', category: ['Seats'] },
  { objectID: 'lamp', title: 'Lamp in blue glass', description: 'A bulb for the desk', category: ['Lamps'] },
]
const index = createLexicalIndex({ languages: ['en'], searchableAttributes: ['title', 'category', 'description'] })
records.forEach((record) => index.put(record.objectID as ItemId, record))
const words = lexicalWords(index)
const slot = (id: string): number => index.slotOf(id as ItemId) as number
const item = (at: number) =>
  readItem('shop' as CatalogueId, records.find(({ objectID }) => objectID === index.idOf(at)) as ItemRecord)
const facts = createProductFacts(words, item)
const asked = (query: string) => readAsked(withSmallWords(query, typedWords(index.parse(query), index)), words)
const stems = (list: readonly number[]) => list.map((stem) => words.stemText(stem))

describe('a question', () => {
  it('is read as what must be there, what must not, and the thing itself', () => {
    const { wanted, unwanted, head } = asked('running shoes without laces')
    expect(wanted.length).toBe(2)
    expect(stems(unwanted)).toEqual([words.stemText(words.stemOf('laces') as number)])
    expect(head.has(words.stemOf('shoes') as number)).toBe(true)
    expect(asked('bag for running shoes').head.has(words.stemOf('bag') as number)).toBe(true)
  })

  it('that begins with a denial, or denies a number, denies nothing', () => {
    expect(asked('not without laces').unwanted).toEqual([])
    expect(asked('shoes no 5').unwanted).toEqual([])
  })

  it('asks for a repeated word once, and for stop words only where there is nothing else', () => {
    expect(asked('shoe shoes').wanted.length).toBe(1)
    expect(asked('the lamp').wanted.length).toBe(1)
    expect(asked('the').wanted.length).toBe(1)
  })

  it('does not read a word the shop knows as two', () => {
    const shop = createLexicalIndex({ languages: ['en'] })
    shop.put('a' as ItemId, { objectID: 'a', title: 'Projector' })
    shop.put('b' as ItemId, { objectID: 'b', title: 'Project or plan' })
    const [typed] = typedWords(shop.parse('projector'), shop)
    expect(typed.alternatives.map(({ word }) => word)).not.toContain('project')
  })
})

it('knows what a title is about', () => {
  expect(titleHeads('Waterproof hiking boots for men, leather')).toEqual(['boots', 'men', 'leather'])
  expect(titleHeads('')).toEqual([])
})

describe('signals', () => {
  let latent: LatentIndex
  beforeAll(async () => {
    latent = await learnLatentIndex(words, { width: 3, sampleSize: 100, rng: createRng('1'), breathe: createBreathe() })
  })
  const table = (query: string, ids: readonly string[], with_: LatentIndex | null = latent) =>
    signalsOf(asked(query), Int32Array.from(ids, slot), { words, facts, latent: with_ })

  it('tell who has the words, where, and who is about them', () => {
    const { coverage, titleCoverage, head, phrase } = table('running shoes', ['none', 'bag', 'lamp'])
    expect([...coverage]).toEqual([1, 1, 0])
    expect([...titleCoverage]).toEqual([1, 1, 0])
    expect([...head]).toEqual([1, 1, 0])
    expect([...phrase]).toEqual([1, 1, 0])
    expect([...table('running bag', ['bag', 'none']).head]).toEqual([1, 0])
  })

  it('tell what has the unwanted from what says it lacks it', () => {
    const { unwanted, without } = table('running shoes without laces', ['laces', 'none'])
    expect([...unwanted]).toEqual([1, 0])
    expect([...without]).toEqual([0, 1])
  })

  it('make the textual order put what lacks the unwanted first', () => {
    const scores = textualScores(table('running shoes without laces', ['laces', 'none']))
    expect(scores[1]).toBeGreaterThan(scores[0])
  })

  it('find the couch alike to a sofa, by the company their words keep', () => {
    const { meaning } = table('sofa', ['sofa', 'couch', 'lamp', 'bag'])
    expect(meaning[1]).toBeGreaterThan(meaning[2])
    expect(meaning[1]).toBeGreaterThan(meaning[3])
    const sofa = latent.embed(new Map([[words.stemOf('sofa') as number, 1]]))
    const all = Int32Array.from(records, (_, at) => at)
    const rows = latent.rows(all)
    const cosines = Array.from(all, (at) => sofa.reduce((sum, value, k) => sum + value * rows[at * 3 + k], 0))
    const byHand = [...all].sort((a, b) => cosines[b] - cosines[a]).slice(0, 3)
    expect([...latent.nearest(sofa, 3)]).toEqual(byHand)
    expect([...latent.nearest(sofa, 3, (at) => at !== byHand[0])].slice(0, 2)).toEqual(byHand.slice(1))
  })

  it('go without meaning until it is learnt, and stay finite for words nobody knows', () => {
    const { meaning, company } = table('sofa', ['sofa', 'couch'], null)
    expect([...meaning, ...company]).toEqual([0, 0, 0, 0])
    for (const query of ['sofa', 'qqqq zzzz', 'without']) {
      const rows = signalRows(table(query, ['sofa', 'lamp', 'none']))
      expect(rows.length).toBe(3 * searchSignals.length)
      expect(rows.every(Number.isFinite)).toBe(true)
    }
  })

  it('lay a new product where its words lie, at once', async () => {
    const shop = createLexicalIndex({ languages: ['en'] })
    for (const record of records) shop.put(record.objectID as ItemId, record)
    const own = lexicalWords(shop)
    const learnt = await learnLatentIndex(own, {
      width: 3,
      sampleSize: 100,
      rng: createRng('1'),
      breathe: createBreathe(),
    })
    shop.put('new' as ItemId, { objectID: 'new', title: 'Velvet seat', description: 'Living room cushions' })
    const fresh = shop.slotOf('new' as ItemId) as number
    expect([...learnt.rows(Int32Array.of(fresh))].every((value) => value === 0)).toBe(true)
    learnt.refresh(fresh)
    const vector = learnt.rows(Int32Array.of(fresh))
    const near = [...learnt.nearest(vector, 3)]
    expect(near).toContain(fresh)
    expect(near).not.toContain(shop.slotOf('bag' as ItemId))
  })
})
