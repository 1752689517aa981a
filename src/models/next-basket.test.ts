import { describe, expect, it } from 'vitest'
import { createBreathe } from '../base/breathe.ts'
import { createRng } from '../base/rng.ts'
import { csrFromTriples } from '../kernels/csr.ts'
import { type BasketList, stackBaskets } from '../preprocess/baskets.ts'
import { bareInteractions } from '../preprocess/interactions.ts'
import { ownFrequency } from './basket-history.ts'
import { nextBasket } from './next-basket.ts'

type List = { items: number[]; ageDays: number }[]
const basket = (ageDays: number, ...items: number[]) => ({ items, ageDays })
const run = { rng: createRng('n'), breathe: createBreathe(), progress: () => undefined, epoch: () => undefined }
const itemCount = 8

async function taught(shoppers: List[], config = {}) {
  const pairs = shoppers.flatMap((own, row) =>
    [...new Set(own.flatMap(({ items }) => items))].map((item) => [row, item]),
  )
  const column = (at: number) => pairs.map((pair) => pair[at])
  const ones = new Float32Array(pairs.length).fill(1)
  const matrix = csrFromTriples(shoppers.length, itemCount, column(0), column(1), ones)
  const data = { ...bareInteractions(matrix), baskets: stackBaskets(shoppers) }
  const fitted = await nextBasket.fit(data, { ...nextBasket.defaults, ...config }, run)
  return (history: List) => {
    const baskets: BasketList = stackBaskets([history])
    const items = Int32Array.from(new Set(baskets.items))
    const scores = new Float32Array(itemCount)
    const weights = new Float32Array(items.length).fill(1)
    fitted.score({ items, weights, ageDays: null, features: null, baskets }, scores)
    return [...scores]
  }
}

describe('own frequency', () => {
  it('is the share of the baskets, newer ones more, and knows nothing of how long ago all of it was', () => {
    const list = (shift: number) =>
      stackBaskets([[basket(20 + shift, 0, 1), basket(10 + shift, 1), basket(shift, 1, 2)]])
    const shares = ownFrequency(list(0), 10)
    expect(shares.get(0)).toBeCloseTo(0.25 / 1.75)
    expect(shares.get(1)).toBeCloseTo(1)
    expect(shares.get(2)).toBeCloseTo(1 / 1.75)
    for (const [item, share] of ownFrequency(list(5000), 10)) expect(share).toBeCloseTo(shares.get(item) ?? 0)
  })
})

describe('next-basket', () => {
  it('names what is bought in every basket before what was bought once', async () => {
    const ask = await taught([[basket(2, 0), basket(1, 1)]])
    const scores = ask([basket(40, 4, 5), basket(20, 4), basket(0, 4)])
    expect(scores.indexOf(Math.max(...scores))).toBe(4)
    expect(scores[5]).toBeGreaterThan(scores[6])
  })

  it('knows what comes after, not what came before', async () => {
    // Ink after a printer; nobody buys the printer after the ink.
    const ask = await taught(Array.from({ length: 5 }, () => [basket(9, 0), basket(1, 1)]))
    const [afterPrinter, afterInk] = [ask([basket(0, 0)]), ask([basket(0, 1)])]
    expect(afterPrinter[1]).toBeGreaterThan(afterPrinter[2])
    expect(afterInk[0]).toBeCloseTo(afterInk[2], 5)
  })

  it('follows what is bought lately', async () => {
    const before = Array.from({ length: 4 }, () => [basket(400, 0), basket(300, 1)])
    const lately = Array.from({ length: 3 }, () => [basket(12, 0), basket(2, 2)])
    const scores = (await taught([...before, ...lately]))([basket(0, 0)])
    expect(scores[2]).toBeGreaterThan(scores[1])
    const evenly = (await taught([...before, ...lately], { targetHalfLifeDays: 1e6, beta: 0 }))([basket(0, 0)])
    expect(evenly[1]).toBeGreaterThan(evenly[2])
  })

  it('learns from a shop where nobody came twice, or all of it was long ago', async () => {
    const strangers = (await taught([[basket(1, 0, 1)], [basket(1, 1)]]))([])
    expect(strangers.indexOf(Math.max(...strangers))).toBe(1)
    const old = (await taught([[basket(30_000, 0), basket(29_000, 1)]], { targetHalfLifeDays: 1 }))([basket(0, 0)])
    expect(old.every(Number.isFinite)).toBe(true)
  })
})
