import { expect, it } from 'vitest'
import { createBreathe } from '../base/breathe.ts'
import { createRng } from '../base/rng.ts'
import { wasmBackend } from '../kernels/backend.ts'
import { csrFromTriples } from '../kernels/csr.ts'
import { bareInteractions, type Interactions } from '../preprocess/interactions.ts'
import { ease, type EaseConfig } from './ease.ts'
import type { Fitted, FitRun } from './model.ts'

const run: FitRun = {
  rng: createRng(1),
  breathe: createBreathe(),
  progress: () => undefined,
  epoch: () => undefined,
}

function random(rows: number, columns: number): Interactions {
  const rng = createRng('ease')
  const at = Array.from({ length: rows * columns }, (_, index) => index).filter(() => rng.next() < 0.2)
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

/** The row of weights of one item: the scores of whoever has only that. */
function weightsOf(fitted: Fitted, item: number): Float32Array {
  const scores = new Float32Array(fitted.itemCount)
  fitted.score({ items: Int32Array.of(item), weights: Float32Array.of(1), ageDays: null, features: null }, scores)
  return scores
}

const config = (overrides: Partial<EaseConfig>): EaseConfig => ({ ...ease.defaults, ...overrides })

it.each([true, false])(
  'is where no weight off the diagonal can be moved to fit better (binarise %s)',
  async (binarise) => {
    const [rows, columns, ridge] = [60, 90, 5]
    const data = random(rows, columns)
    const fitted = await ease.fit(data, config({ ridge, binarise }), run)
    const dense = new Float64Array(rows * columns)
    for (let row = 0; row < rows; row++) {
      for (let at = data.matrix.pointers[row]; at < data.matrix.pointers[row + 1]; at++) {
        dense[row * columns + data.matrix.columns[at]] = binarise ? 1 : data.matrix.values[at]
      }
    }
    const weights = Array.from({ length: columns }, (_, item) => weightsOf(fitted, item))
    // The gradient of the objective in B(i, j), which only the constraint on the diagonal may leave above zero.
    for (const j of [0, 17, columns - 1]) {
      const residual = new Float64Array(rows).map((_, row) =>
        weights.reduce((sum, line, i) => sum - dense[row * columns + i] * line[j], dense[row * columns + j]),
      )
      for (let i = 0; i < columns; i++) {
        const gradient = residual.reduce(
          (sum, left, row) => sum - dense[row * columns + i] * left,
          ridge * weights[i][j],
        )
        if (i === j) expect(Math.abs(weights[i][j])).toBeLessThan(1e-8)
        else expect(Math.abs(gradient)).toBeLessThan(1e-4)
      }
    }
  },
)

it('keeps the strongest weights of each item, of either sign, where it is told how many', async () => {
  const data = random(60, 40)
  const whole = await ease.fit(data, config({ ridge: 5 }), run)
  const thin = await ease.fit(data, config({ ridge: 5, neighbours: 6 }), run)
  for (let item = 0; item < 40; item++) {
    const all = weightsOf(whole, item)
    const kept = weightsOf(thin, item)
    const floor = [...all].map(Math.abs).sort((a, b) => b - a)[5]
    all.forEach((value, other) => expect(kept[other]).toBeCloseTo(Math.abs(value) >= floor ? value : 0, 7))
  }
})

it('refuses more items than fit, with the estimate and what to do', async () => {
  const data = bareInteractions(csrFromTriples(1, 40_000, [0], [0], [1]))
  await expect(ease.fit(data, ease.defaults, run)).rejects.toMatchObject({
    code: 'too-little-memory',
    message: expect.stringMatching(/40000 items.*6\.\d GiB.*maximumItems/) as string,
  })
})

it('refuses what the memory of the kernels has no room left for, before it takes any', async () => {
  const arena = wasmBackend()?.arena
  if (arena === undefined) return
  const left = arena.buffer.byteLength - arena.taken() - (1 << 24)
  const others = arena.take(left - 300e6)
  expect(others).not.toBeNull()
  try {
    const taken = arena.taken()
    const data = bareInteractions(csrFromTriples(1, 9000, [0], [0], [1]))
    await expect(ease.fit(data, ease.defaults, run)).rejects.toMatchObject({
      code: 'too-little-memory',
      message: expect.stringMatching(
        /9000 items would take about 0\.\d GiB.*not got that left.*minimumEventsPerItem/,
      ) as string,
    })
    expect(arena.taken()).toBe(taken)
  } finally {
    arena.give(others ?? 0)
  }
})

it('says which setting to raise where the equations have no solution', async () => {
  const data = bareInteractions(csrFromTriples(1, 3, [0, 0], [0, 1], [1, 1]))
  await expect(ease.fit(data, config({ ridge: 0 }), run)).rejects.toMatchObject({
    code: 'diverged',
    message: expect.stringContaining('ridge') as string,
  })
})

it('ranks what a shopper has not met as a model of shoppers does where the diagonal does not divide', async () => {
  const [rows, columns, ridge] = [25, 40, 4]
  const data = random(rows, columns)
  const fitted = await ease.fit(data, config({ ridge, diagonalExponent: 0 }), run)
  const dense = Array.from({ length: rows }, (_, row) => {
    const line = new Float64Array(columns)
    for (let at = data.matrix.pointers[row]; at < data.matrix.pointers[row + 1]; at++) line[data.matrix.columns[at]] = 1
    return line
  })
  for (let shopper = 0; shopper < rows; shopper++) {
    const expected = fromOtherShoppers(dense, shopper, ridge)
    const scores = new Float32Array(columns)
    const met = Int32Array.from(dense[shopper].keys()).filter((item) => dense[shopper][item] === 1)
    const weights = new Float32Array(met.length).fill(1)
    fitted.score({ items: met, weights, ageDays: null, features: null }, scores)
    const unseen = [...scores.keys()].filter((item) => dense[shopper][item] === 0)
    const order = (values: ArrayLike<number>) => unseen.toSorted((a, b) => values[b] - values[a])
    expect(order(scores)).toEqual(order(expected))
  }
})

/** The ridge regression of one shopper's row on the rows of all others: (Z·Zᵀ + ridge·I)·b = Z·x, score = b·Z. */
function fromOtherShoppers(dense: readonly Float64Array[], shopper: number, ridge: number): Float64Array {
  const others = dense.filter((_, row) => row !== shopper)
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, at) => sum + value * b[at], 0)
  const left = others.map((a, row) => Float64Array.from(others, (b, at) => dot(a, b) + (row === at ? ridge : 0)))
  const right = Float64Array.from(others, (other) => dot(other, dense[shopper]))
  // Gauss–Jordan; the matrix is positive definite, so that no pivot is zero.
  left.forEach((pivot, at) => {
    left.forEach((line, row) => {
      if (row === at) return
      const by = line[at] / pivot[at]
      pivot.forEach((value, column) => (line[column] -= by * value))
      right[row] -= by * right[at]
    })
  })
  const weights = right.map((value, at) => value / left[at][at])
  return dense[shopper].map((_, item) => others.reduce((sum, other, at) => sum + weights[at] * other[item], 0))
}
