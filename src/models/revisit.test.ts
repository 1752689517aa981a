import { expect, it } from 'vitest'
import { dayMs, minuteMs } from '../base/clock.ts'
import { createRng } from '../base/rng.ts'
import { csrFromTriples } from '../kernels/csr.ts'
import { bareInteractions, interactionsFrom, withSteps } from '../preprocess/interactions.ts'
import type { Query } from './model.ts'
import { revisit } from './revisit.ts'

const run = {
  rng: createRng('revisit'),
  breathe: () => Promise.resolve(),
  progress: () => undefined,
  epoch: () => undefined,
}

async function order(query: Query, config = {}): Promise<number[]> {
  // Item 3 is the most popular, item 4 nobody has.
  const matrix = csrFromTriples(3, 5, [0, 1, 2, 2], [3, 3, 3, 0], [1, 1, 1, 1])
  const fitted = await revisit.fit(bareInteractions(matrix), { ...revisit.defaults, ...config }, run)
  const scores = new Float32Array(5)
  fitted.score(query, scores)
  return [...scores.keys()].sort((a, b) => scores[b] - scores[a])
}

const query = (items: number[], weights: number[], ageDays: number[]): Query => ({
  items: Int32Array.from(items),
  weights: Float32Array.from(weights),
  ageDays: Float32Array.from(ageDays),
  features: null,
})

it('puts the latest first, then what is popular', async () => {
  expect(await order(query([4, 1], [1, 1], [1, 0]))).toEqual([1, 4, 3, 0, 2])
})

it('puts what was held firmly before what was touched later', async () => {
  expect(await order(query([4, 1], [3, 1], [0.1, 0]))).toEqual([4, 1, 3, 0, 2])
  expect(await order(query([4, 1], [3, 1], [0.1, 0]), { strengthExponent: 0 })).toEqual([1, 4, 3, 0, 2])
})

it('forgets with the days', async () => {
  expect(await order(query([4, 1], [3, 1], [300, 0]))).toEqual([1, 4, 3, 0, 2])
  expect(await order(query([4, 1], [3, 1], [300, 0]), { ageExponent: 0 })).toEqual([4, 1, 3, 0, 2])
})

/** Forty shoppers look at three things within ten minutes and come back a day later to buy one of them. */
function shopWhere(bought: (row: number) => number) {
  const shape = { rowCount: 40, itemCount: 40, asOfMs: 3 * dayMs }
  const entries = Array.from({ length: shape.rowCount }, (_, row) => [
    ...[0, 1, 2].map((at) => ({ row, item: (row + 13 * at) % 40, strength: 1, atMs: 5 * at * minuteMs })),
    { row, item: (row + 13 * bought(row)) % 40, strength: 5, atMs: dayMs },
  ]).flat()
  return withSteps(interactionsFrom(entries, shape), entries)
}

async function sharesOf(data: ReturnType<typeof shopWhere>, config = {}): Promise<number[]> {
  const fitted = await revisit.fit(data, { ...revisit.defaults, ...config }, run)
  const scores = new Float32Array(40)
  fitted.score(query([7, 8, 9], [1, 1, 1], [1 + 10 / 1440, 1 + 5 / 1440, 1]), scores)
  return [7, 8, 9].map((item) => scores[item])
}

it('learns from the log that what was seen first is taken, where it is', async () => {
  const [first, second, third] = await sharesOf(shopWhere(() => 0))
  expect(first).toBeGreaterThan(second)
  expect(second).toBeGreaterThan(third)
  expect(first + second + third).toBeCloseTo(1, 5)
  const held = await sharesOf(
    shopWhere(() => 0),
    { ridge: 1e9 },
  )
  expect(held[2]).toBeGreaterThan(held[0])
})

it('gives shares that come true', async () => {
  // Of four shoppers three take what they saw last.
  const shares = await sharesOf(
    shopWhere((row) => (row % 4 === 0 ? 0 : 2)),
    { ridge: 1e-6 },
  )
  expect(shares[2]).toBeCloseTo(0.75, 1)
  expect(shares[1]).toBeLessThan(0.1)
})

it('keeps to its exponents where only strangers to their visits buy', async () => {
  const shape = { rowCount: 2, itemCount: 40, asOfMs: 3 * dayMs }
  const entries = [0, 1].flatMap((row) => [
    { row, item: 7 + row, strength: 1, atMs: 0 },
    { row, item: 20, strength: 5, atMs: dayMs },
  ])
  const table = interactionsFrom(entries, shape)
  expect(await sharesOf(withSteps(table, entries))).toEqual(await sharesOf(table))
})
