import { expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import { csrFromTriples, rowSums } from '../kernels/csr.ts'
import { bareInteractions, type Interactions } from '../preprocess/interactions.ts'
import { ease } from './ease.ts'
import { rp3beta } from './rp3beta.ts'
import type { Fitted, FitRun } from './model.ts'
import { sparseEase, type SparseEaseConfig } from './sparse-ease.ts'

const [rows, columns] = [70, 30]
const run: FitRun = {
  rng: createRng('sparse-ease'),
  breathe: () => undefined,
  progress: () => undefined,
  epoch: () => undefined,
}

/** Strengths from 1 to 3; dense enough that every two items are met together: only such may speak for each other. */
function random(): Interactions {
  const rng = createRng('table')
  const at = Array.from({ length: rows * columns }, (_, index) => index).filter(() => rng.next() < 0.5)
  return bareInteractions(
    csrFromTriples(
      rows,
      columns,
      at.map((index) => Math.floor(index / columns)),
      at.map((index) => index % columns),
      at.map(() => 1 + rng.int(3)),
    ),
  )
}

const config = (overrides: Partial<SparseEaseConfig>): SparseEaseConfig => ({
  ...sparseEase.defaults,
  ridge: 5,
  userExponent: 0,
  ...overrides,
})

function weightsOf(fitted: Fitted): Float32Array[] {
  return Array.from({ length: columns }, (_, item) => {
    const scores = new Float32Array(columns)
    fitted.score({ items: Int32Array.of(item), weights: Float32Array.of(1), ageDays: null, features: null }, scores)
    return scores
  })
}

it.each([true, false])('is EASE itself where every item may speak for every other (binarise %s)', async (binarise) => {
  const thin = weightsOf(await sparseEase.fit(random(), config({ support: columns, binarise }), run))
  const whole = weightsOf(await ease.fit(random(), { ...ease.defaults, ridge: 5, binarise }, run))
  thin.forEach((line, i) => line.forEach((value, j) => expect(value).toBeCloseTo(whole[i][j], 5)))
})

it.each([0, 0.7])(
  'leaves no weight of the support that could be moved to fit better, and none outside it (user exponent %d)',
  async (userExponent) => {
    const [support, ridge] = [6, 5]
    const { matrix } = random()
    const lengths = rowSums({ ...matrix, values: matrix.values.map(() => 1) })
    const weightOf = (row: number) => lengths[row] ** -userExponent
    const mean = lengths.reduce((sum, length, row) => sum + length * weightOf(row), 0) / matrix.columns.length
    const dense = Array.from({ length: rows }, () => new Float64Array(columns))
    for (let row = 0; row < rows; row++) {
      for (let at = matrix.pointers[row]; at < matrix.pointers[row + 1]; at++) dense[row][matrix.columns[at]] = 1
    }
    const weights = weightsOf(await sparseEase.fit(random(), config({ support, ridge, userExponent }), run))
    for (let j = 0; j < columns; j++) {
      const own = [...weights.keys()].filter((i) => Math.abs(weights[i][j]) > 1e-7)
      expect(own).toHaveLength(support)
      for (const i of own) {
        const gradient = dense.reduce((sum, line, row) => {
          const left = line[j] - line.reduce((foreseen, value, other) => foreseen + value * weights[other][j], 0)
          return sum - (weightOf(row) / mean) * line[i] * left
        }, ridge * weights[i][j])
        expect(Math.abs(gradient)).toBeLessThan(1e-4)
      }
    }
  },
)

it('says which setting to raise where the equations have no solution', async () => {
  const data = bareInteractions(csrFromTriples(1, 3, [0, 0, 0], [0, 1, 2], [1, 1, 1]))
  await expect(sparseEase.fit(data, config({ ridge: 0 }), run)).rejects.toMatchObject({
    code: 'diverged',
    message: expect.stringContaining('ridge') as string,
  })
})

it.each([
  ['sparse EASE', (decay: number) => sparseEase.fit(random(), config({ decay }), run)],
  ['RP3β', (decay: number) => rp3beta.fit(random(), { ...rp3beta.defaults, decay }, run)],
])('%s hears the past less where it is to fade, moment by moment', async (_, learnt) => {
  const lines = weightsOf(await learnt(1))
  const scores = new Float32Array(columns)
  // Two things at once, one a second later, one now: seconds, so that no half-life of days has a part in it.
  const ageDays = Float32Array.of(3, 3, 2, 1).map((seconds) => seconds / 86_400)
  const weights = new Float32Array(4).fill(1)
  const fading = await learnt(0.5)
  fading.score({ items: Int32Array.of(3, 8, 12, 20), weights, ageDays, features: null }, scores)
  scores.forEach((value, item) => {
    const [oldest, beside, later, now] = [3, 8, 12, 20].map((from) => lines[from][item])
    expect(value).toBeCloseTo(oldest / 4 + beside / 4 + later / 2 + now, 4)
  })
})
