/**
 * Learns, for every two items, how much having the one speaks for (or against) the other, all else considered.
 *
 * Minimises ‖X − X·B‖² + ridge·‖B‖² with a zero diagonal: P = (XᵀX + ridge·I)⁻¹, B(i, j) = −P(i, j) / P(j, j).
 * score(j) = Σ over the history of strength(i)·B(i, j).
 * `diagonalExponent` γ: B(i, j) = −P(i, j) / P(j, j)^γ. With γ = 0 unseen items stand as in the same model of shoppers
 * (what having one shopper's taste speaks for another's): there S = (XXᵀ + ridge·I)⁻¹, whose row of u scores
 * x_u − (S·X)_u / S(u, u), and S·X = X·P, so that what u has not met stands in the order of −x_u·P; for someone not
 * learnt from as well, as a further row x leaves x·P the same up to a factor (Sherman and Morrison).
 * Source: Steck, "Embarrassingly shallow autoencoders for sparse data", WWW 2019.
 * Fit: items³ floating-point operations and 4·items² bytes, hence a refusal above `maximumItems`; score history × items,
 * or history × neighbours where only those are kept. With strengths (`binarise: false`) X holds them and the ridge
 * should be of the order of their squares.
 */
import { HaggleError } from '../domain/errors.ts'
import { gram } from '../kernels/gram.ts'
import { createItemTable } from '../kernels/item-table.ts'
import { hasRoom } from '../kernels/resident.ts'
import { openSpace } from '../kernels/space.ts'
import { symmetricInverse, symmetricInverseBytes } from '../kernels/symmetric-inverse.ts'
import { createTopK } from '../kernels/top-k.ts'
import { columnSums, type Csr } from '../kernels/csr.ts'
import { withoutRows } from './ease-unlearn.ts'
import { linearParts } from './explain.ts'
import type { Fitted, FitRun, MemoryPlan, Model, ModelState } from './model.ts'
import { fittedNeighbours, neighbourArrays } from './sparse-neighbours.ts'
import { openState } from './state.ts'
import { popularityPrior, priorOf, queryStrengths, type StrengthConfig, trainingMatrix } from './training-matrix.ts'

export interface EaseConfig extends StrengthConfig {
  readonly ridge: number
  /** γ: 1 predicts items from items, 0 shoppers from shoppers; any number between mixes them. */
  readonly diagonalExponent: number
  /** Strongest weights kept of each item; `null` keeps all up to 8,192 items and 1,000 each above. */
  readonly neighbours: number | null
  readonly maximumItems: number
}

const name = 'ease'
const version = 1
const wholeUpTo = 8192

export const ease: Model<EaseConfig> = {
  name,
  lighter: 'sparse-ease',
  defaults: {
    ridge: 200,
    diagonalExponent: 1,
    neighbours: null,
    maximumItems: 30_000,
    binarise: true,
    halfLifeDays: 90,
  },
  space: {
    ridge: { from: 20, to: 3000, scale: 'log' },
    halfLifeDays: { from: 10, to: 365, scale: 'log' },
  },
  plan: ({ matrix: { columnCount } }, config) => planFor(columnCount, keptOf(config, columnCount)),
  fit: async (data, config, run) => {
    const itemCount = data.matrix.columnCount
    const kept = keptOf(config, itemCount)
    refuseTooLarge(itemCount, kept, config.maximumItems)
    const matrix = trainingMatrix(name, data, config)
    const prior = popularityPrior(matrix)
    const space = openSpace()
    try {
      const weights = await gram(matrix, run.breathe, space)
      for (let item = 0; item < itemCount; item++) weights[item * itemCount + item] += config.ridge
      if (!(await symmetricInverse(weights, itemCount, run.breathe, run.progress))) {
        throw new HaggleError(
          'diverged',
          `ease: the co-occurrences cannot be inverted; raise ridge (now ${config.ridge}).`,
        )
      }
      const diagonal = Float32Array.from({ length: itemCount }, (_, item) => weights[item * itemCount + item])
      await divideByDiagonal(weights, itemCount, config.diagonalExponent, run)
      const arrays =
        kept >= itemCount
          ? { weights, prior, diagonal, sums: Float32Array.from(columnSums(matrix)) }
          : neighbourArrays(await strongest(weights, itemCount, kept, run), prior)
      return fitted({ model: name, version, config, itemCount, arrays })
    } finally {
      space.release()
    }
  },
  load: fitted,
  unlearn: async (state, rows, breathe) => {
    const { weights, diagonal, sums } = state.arrays as Record<string, Float32Array | undefined>
    // Only neighbours were kept, or it is older than this.
    if (weights === undefined || diagonal === undefined || sums === undefined) return null
    const config = state.config as EaseConfig
    const matrix = trainingMatrix(name, rows, config)
    const left = await withoutRows({ weights, diagonal }, matrix, config.diagonalExponent, breathe)
    if (left === null) return null
    const less = columnSums(matrix)
    const rest = sums.map((sum, item) => Math.max(0, sum - less[item]))
    return { ...state, arrays: { ...left, sums: rest, prior: priorOf(rest) } }
  },
}

function keptOf({ neighbours }: EaseConfig, itemCount: number): number {
  return neighbours ?? (itemCount <= wholeUpTo ? itemCount : 1000)
}

/** The table that is inverted, and the weights that are kept. */
function planFor(itemCount: number, kept: number): MemoryPlan {
  const heap = kept >= itemCount ? 4 * itemCount ** 2 : 8 * itemCount * kept
  return { kernels: symmetricInverseBytes(itemCount), heap }
}

/** @throws `too-little-memory` before anything is taken. */
function refuseTooLarge(itemCount: number, kept: number, maximumItems: number): void {
  const { kernels, heap } = planFor(itemCount, kept)
  if (itemCount <= maximumItems && hasRoom(kernels, heap)) return
  const gigabytes = ((kernels + heap) / 2 ** 30).toFixed(1)
  const limit =
    itemCount > maximumItems
      ? `the limit is ${maximumItems} items (maximumItems)`
      : 'this machine has not got that left'
  throw new HaggleError(
    'too-little-memory',
    `ease: ${itemCount} items would take about ${gigabytes} GiB; ${limit}. ` +
      'Leave this model out, or raise preprocess.minimumEventsPerItem.',
  )
}

/** P becomes B, in place. */
async function divideByDiagonal(weights: Float32Array, size: number, exponent: number, run: FitRun): Promise<void> {
  const divisors = Float64Array.from({ length: size }, (_, item) => -(weights[item * size + item] ** exponent))
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) weights[row * size + column] /= divisors[column]
    weights[row * size + row] = 0
    await run.breathe()
  }
}

/** The `kept` weights of largest size in each row, of either sign. */
async function strongest(weights: Float32Array, size: number, kept: number, run: FitRun): Promise<Csr> {
  const best = createTopK(kept)
  const pointers = Int32Array.from({ length: size + 1 }, (_, row) => row * kept)
  const columns = new Int32Array(size * kept)
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) best.offer(column, Math.abs(weights[row * size + column]))
    columns.set(best.drain().sort(), row * kept)
    await run.breathe()
  }
  const values = Float32Array.from(columns, (column, at) => weights[Math.floor(at / kept) * size + column])
  return { rowCount: size, columnCount: size, pointers, columns, values }
}

function fitted(state: ModelState): Fitted {
  if (!('weights' in state.arrays)) return fittedNeighbours(state, name, version)
  const { itemCount } = state
  const config = state.config as EaseConfig
  const opened = openState(state, name, version)
  const weights = createItemTable(opened.floats('weights', itemCount * itemCount), itemCount, itemCount)
  const prior = opened.floats('prior', itemCount).slice()
  return {
    itemCount,
    score: (query, scores) => {
      scores.set(prior)
      weights.combine(query.items, queryStrengths(query, config), scores)
    },
    explain: (query, item) => {
      const strengths = queryStrengths(query, config)
      const weight = (place: number) => weights.rows(query.items.subarray(place, place + 1))[item]
      return linearParts(query, prior[item], (place) => strengths[place] * weight(place))
    },
    serialise: () => {
      const { diagonal, sums } = state.arrays
      const arrays = { weights: weights.values(), prior, ...(diagonal && sums ? { diagonal, sums } : {}) }
      return { model: name, version, config, itemCount, arrays }
    },
  }
}
