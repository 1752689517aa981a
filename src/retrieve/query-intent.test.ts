import { expect, it } from 'vitest'
import type { CatalogueId, ItemId } from '../domain/ids.ts'
import { type ItemRecord, readItem } from '../domain/item.ts'
import { createLexicalIndex } from './lexical-index.ts'
import { lexicalWords } from './lexical-words.ts'
import { addNamed } from './named-values.ts'
import { createProductFacts } from './product-facts.ts'
import { addIntent, type QueryIntent } from './query-intent.ts'

const records: readonly ItemRecord[] = [
  { objectID: 'pan', title: 'Cooking pot', category: 'Kitchen > Pots', brand: 'Acme', color: 'Sky blue' },
  { objectID: 'planter', title: 'Terracotta pot', category: 'Garden > Plant Pots', brand: 'Acme', color: 'Blue' },
  { objectID: 'lid', title: 'Pot lid', category: 'Kitchen > Lids', brand: 'Blue & Sons', color: 'Red' },
  { objectID: 'gift', title: 'Gift', color: ['Blue', 'Red'] },
]
const index = createLexicalIndex({})
for (const record of records) index.put(record.objectID as ItemId, record)
const slots = Int32Array.from(records, ({ objectID }) => index.slotOf(objectID as ItemId) as number)
const open = () =>
  createProductFacts(lexicalWords(index), (slot) => readItem('shop' as CatalogueId, records[slots.indexOf(slot)]))
const wants = (voters: number): QueryIntent => ({
  voters,
  categories: new Map([
    ['["Kitchen"]', 1],
    ['["Kitchen","Pots"]', 0.8],
    ['["Kitchen","Lids"]', 0.2],
    ['["Nowhere"]', 1],
  ]),
})

it('lifts the category shoppers want the more of them said so, and nothing where nobody did', () => {
  const lifted = (voters: number) => {
    const scores = new Float64Array(slots.length)
    return { voted: [...addIntent(scores, slots, wants(voters), open())], scores: [...scores] }
  }
  const [none, few, many] = [lifted(0), lifted(1), lifted(1000)]
  expect(none.scores).toEqual([0, 0, 0, 0])
  expect(many.scores[0]).toBeGreaterThan(few.scores[0])
  expect(few.scores[0]).toBeGreaterThan(few.scores[2])
  expect([many.scores[1], many.scores[3]]).toEqual([0, 0])
  expect(many.voted[0]).toBeCloseTo(0.8, 2)
})

it('lifts what has the brand or colour that is named, where its category is wanted, and takes nothing from the rest', () => {
  const lifted = (query: string, wanted: ArrayLike<number> = [1, 1, 1, 1]) => {
    const scores = Float64Array.of(1, 1, 1, 1)
    addNamed(scores, slots, query, wanted, open())
    return [...scores].map((score) => Math.round(100 * (score - 1)))
  }
  expect(lifted('pot')).toEqual([0, 0, 0, 0])
  expect(lifted('BLUE pot')).toEqual([0, 40, 0, 40])
  expect(lifted('blue pot', [1, 0, 1, 0.5])).toEqual([0, 0, 0, 20])
  // "Blue" is part of the colour that is named, and no name of its own.
  expect(lifted('acme sky blue pot')).toEqual([40, 20, 0, 0])
  expect(lifted('blue & sons pot')).toEqual([0, 0, 40, 0])
})
