/**
 * Walks three random steps, from a shopper's items to their other shoppers and on to those shoppers' items.
 *
 * P = Xᵀ·D_u^(−userExponent)·X without its diagonal, W = D_i^(−alpha)·P·D_j^(−beta), the `neighbours` highest a row;
 * D_u and D_i hold the row and column sums of X. `alpha` tames popular items in the history, `beta` popular items among
 * the answers, `userExponent` shoppers with long histories. With userExponent = alpha = 1 and beta = 0 it is the plain
 * walk P³; a `beta` above 0 is RP3β.
 * Source: Christoffel et al., "Blockbusters and wallflowers", RecSys 2015; Paudel et al., ACM TiiS 2017, which raise
 * each step's probability to `alpha` where here the degrees are. Fit: Σ of squared row lengths; 8 bytes a neighbour.
 */
import { columnSums, type Csr, rowSums, scaled, transpose } from '../kernels/csr.ts'
import { sparseProduct } from '../kernels/sparse-product.ts'
import { fadingOf } from './co-occurrence.ts'
import type { Fitted, Model, ModelState } from './model.ts'
import { less, withoutPairs } from './neighbours-unlearn.ts'
import { fittedNeighbours, neighbourArrays, neighbourPlan } from './sparse-neighbours.ts'
import { openState } from './state.ts'
import { popularityPrior, priorOf, type StrengthConfig, trainingMatrix } from './training-matrix.ts'

export interface Rp3betaConfig extends StrengthConfig {
  readonly alpha: number
  readonly beta: number
  readonly userExponent: number
  readonly neighbours: number
  /** How much of an item of the history is left a moment later; 1: nothing fades. */
  readonly decay: number
}

const name = 'rp3beta'
const version = 1

export const rp3beta: Model<Rp3betaConfig> = {
  name,
  defaults: { alpha: 0.6, beta: 0.4, userExponent: 0.6, neighbours: 400, decay: 1, binarise: true, halfLifeDays: 90 },
  space: {
    alpha: { from: 0.1, to: 1.2, scale: 'linear' },
    beta: { from: 0, to: 0.8, scale: 'linear' },
    userExponent: { from: 0, to: 1.2, scale: 'linear' },
    neighbours: { among: [50, 100, 200, 400, 800] },
    halfLifeDays: { from: 10, to: 365, scale: 'log' },
  },
  plan: (data, config) => neighbourPlan(data, config.neighbours),
  fit: async (data, config, run) => {
    const matrix = trainingMatrix(name, data, config)
    const degrees = columnSums(matrix)
    const neighbours = await sparseProduct(transpose(matrix), shared(matrix, config), {
      rowNorms: degrees.map((degree) => degree ** config.alpha),
      columnNorms: degrees.map((degree) => degree ** config.beta),
      shrinkage: 0,
      keep: config.neighbours,
      skipDiagonal: true,
      breathe: run.breathe,
      progress: run.progress,
    })
    const arrays = { ...neighbourArrays(neighbours, popularityPrior(matrix)), sums: Float32Array.from(degrees) }
    return load({ model: name, version, config, itemCount: matrix.columnCount, arrays })
  },
  load,
  unlearn: async (state, rows, breathe) => {
    const { sums } = state.arrays as Record<string, Float32Array | undefined>
    // Older than this.
    if (sums === undefined) return null
    const { itemCount } = state
    const config = state.config as Rp3betaConfig
    const matrix = trainingMatrix(name, rows, config)
    const rest = less(sums, columnSums(matrix))
    const divisor = (of: Float32Array) => (one: number, other: number) =>
      of[one] ** config.alpha * of[other] ** config.beta
    const lists = openState(state, name, version).csr(itemCount, itemCount)
    await breathe()
    const table = { lists, keep: config.neighbours, before: divisor(sums), after: divisor(rest) }
    const left = withoutPairs(table, matrix, shared(matrix, config))
    return left === null ? null : { ...state, arrays: { ...neighbourArrays(left, priorOf(rest)), sums: rest } }
  },
}

/** Shoppers with long histories say less of each pair. */
function shared(matrix: Csr, { userExponent }: Rp3betaConfig): Csr {
  return scaled(
    matrix,
    rowSums(matrix).map((sum) => sum ** -userExponent),
  )
}

function load(state: ModelState): Fitted {
  return fittedNeighbours(state, name, version, fadingOf(state))
}
