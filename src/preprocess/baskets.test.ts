import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csrFromTriples } from '../kernels/csr.ts'
import { addPurchase, type Basket, type BasketList, basketsOfRow, renumbered, stackBaskets } from './baskets.ts'
import { bareInteractions, keepEntries } from './interactions.ts'

const gapMs = 30
const fill = (purchases: readonly (readonly [item: string, timeMs: number])[]) => {
  const baskets: Basket<string>[] = []
  for (const [item, timeMs] of purchases) addPurchase(baskets, item, timeMs, gapMs)
  return baskets
}
const read = ({ starts, items, ageDays }: BasketList) =>
  Array.from(ageDays, (age, at) => [age, ...items.subarray(starts[at], starts[at + 1])])

describe('filling baskets', () => {
  it('starts another one after a silence, and holds an item once in each', () => {
    const baskets = fill([
      ['a', 0],
      ['b', 29],
      ['a', 40],
      ['a', 70],
    ])
    expect(baskets).toEqual([
      { firstMs: 0, lastMs: 40, items: ['a', 'b'] },
      { firstMs: 70, lastMs: 70, items: ['a'] },
    ])
  })

  it('puts what comes late where it belongs', () => {
    const late = fill([
      ['a', 0],
      ['b', 200],
      ['c', 100],
      ['d', 185],
    ])
    expect(late.map(({ items }) => items.join(''))).toEqual(['a', 'c', 'bd'])
    expect(late[2]).toMatchObject({ firstMs: 185, lastMs: 200 })
  })

  it('forgets the oldest, and stops filling what nobody could carry', () => {
    const many = fill(Array.from({ length: 80 }, (_, at) => [`i${at}`, at * gapMs] as const))
    expect(many.map(({ items }) => items[0])).toEqual(Array.from({ length: 50 }, (_, at) => `i${at + 30}`))
    expect(fill(Array.from({ length: 500 }, (_, at) => [`i${at}`, 0] as const))[0].items).toHaveLength(200)
  })

  it('is in order of time and a silence apart, whatever comes when', () => {
    const purchase = fc.tuple(fc.constantFrom('a', 'b'), fc.integer({ min: 0, max: 1000 }))
    fc.assert(
      fc.property(fc.array(purchase, { maxLength: 40 }), (purchases) => {
        const baskets = fill(purchases)
        for (const [at, { firstMs, lastMs }] of baskets.entries()) {
          expect(firstMs).toBeLessThanOrEqual(lastMs)
          if (at > 0) expect(firstMs).toBeGreaterThanOrEqual(baskets[at - 1].lastMs)
        }
      }),
    )
  })
})

const two = stackBaskets([
  [
    { items: [0, 2], ageDays: 5 },
    { items: [2], ageDays: 1 },
  ],
  [],
  [{ items: [1], ageDays: 3 }],
])

it('gives each row its own baskets back', () => {
  expect([0, 1, 2].map((row) => read(basketsOfRow(two, row)))).toEqual([
    [
      [5, 0, 2],
      [1, 2],
    ],
    [],
    [[3, 1]],
  ])
})

it('strikes out what has no number any more, and a basket that is left empty', () => {
  expect(read(renumbered(basketsOfRow(two, 0), (item) => (item === 2 ? -1 : item + 10)))).toEqual([[5, 10]])
})

it('leaves a table with its entries, row by row', () => {
  const matrix = csrFromTriples(3, 3, [0, 0, 2], [0, 2, 1], [1, 1, 1])
  const kept = keepEntries({ ...bareInteractions(matrix), baskets: two }, (entry) => entry !== 1)
  const baskets = kept.baskets ?? two
  expect([0, 1, 2].map((row) => read(basketsOfRow(baskets, row)))).toEqual([[[5, 0]], [], [[3, 1]]])
})
