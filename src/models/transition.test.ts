import { expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import { type Entry, interactionsFrom } from '../preprocess/interactions.ts'
import { transition } from './transition.ts'

const run = {
  rng: createRng('transition'),
  breathe: () => Promise.resolve(),
  progress: () => undefined,
  epoch: () => undefined,
}
const [rowCount, itemCount] = [12, 5]

/** Rows in the order given, a second a step. */
function rowsOf(rows: readonly (readonly number[])[]) {
  const entries: Entry[] = rows.flatMap((items, row) =>
    items.map((item, at) => ({ row, item, strength: 1, atMs: 1000 * at })),
  )
  return interactionsFrom(entries, { rowCount, itemCount, asOfMs: 10_000 })
}

async function scoresOf(rows: readonly (readonly number[])[], asked: readonly number[], config = {}) {
  const fitted = await transition.fit(rowsOf(rows), { ...transition.defaults, targetExponent: 0, ...config }, run)
  const scores = new Float32Array(itemCount)
  const [items, weights] = [Int32Array.from(asked), new Float32Array(asked.length).fill(1)]
  fitted.score(
    { items, weights, ageDays: Float32Array.from(asked, (_, at) => (asked.length - at) / 86_400), features: null },
    scores,
  )
  return scores
}

it('is the ridge regression from what was had to what came after, on two items worked out by hand', async () => {
  // 0 before 2 in twelve rows, with 1 before both in six of them: XᵀX on {0, 1} is [[12, 6], [6, 6]], C is (12, 6·2^−½).
  const rows = Array.from({ length: 12 }, (_, row) => (row < 6 ? [1, 0, 2] : [0, 2]))
  const ridge = 2
  const far = 6 * 2 ** -0.5
  const determinant = (12 + ridge) * (6 + ridge) - 36
  const [b0, b1] = [((6 + ridge) * 12 - 6 * far) / determinant, ((12 + ridge) * far - 6 * 12) / determinant]
  const one = await scoresOf(rows, [0], { ridge, backward: 0 })
  expect(one[2]).toBeCloseTo(b0, 4)
  const both = await scoresOf(rows, [1, 0], { ridge, backward: 0, decay: 0.5 })
  expect(both[2]).toBeCloseTo(b0 + 0.5 * b1, 4)
})

it('says less of what never comes after', async () => {
  const rows = Array.from({ length: 12 }, (_, row) => (row % 2 === 0 ? [0, 2] : [3, 0]))
  const scores = await scoresOf(rows, [0], { backward: 0.2 })
  expect(scores[2]).toBeGreaterThan(scores[3])
  expect(scores[3]).toBeGreaterThan(scores[4])
})
