import { expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import { csrFromTriples } from '../kernels/csr.ts'
import { bareInteractions } from '../preprocess/interactions.ts'
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
