/**
 * "Shoppers of this also took that": the nearest neighbours of each item in a shopper's history.
 *
 * s(i, j) = Σ_u x_ui·x_uj / (‖x_i‖·‖x_j‖ + shrinkage): the cosine of two items' columns, shrunk towards zero where few
 * shoppers support it; each item is reached from its `neighbours` most similar ones only.
 * Source: Sarwar et al., "Item-based collaborative filtering recommendation algorithms", WWW 2001; shrinkage as in
 * Koren, "Factorization meets the neighborhood", KDD 2008. Fit: Σ of squared row lengths; state: 8 bytes a neighbour.
 */
import { columnSums, transpose } from '../kernels/csr.ts'
import { sparseProduct } from '../kernels/sparse-product.ts'
import type { Model } from './model.ts'
import { less, withoutPairs } from './neighbours-unlearn.ts'
import { fittedNeighbours, neighbourArrays, neighbourPlan } from './sparse-neighbours.ts'
import { openState } from './state.ts'
import { popularityPrior, priorOf, type StrengthConfig, trainingMatrix } from './training-matrix.ts'

export interface ItemKnnConfig extends StrengthConfig {
  readonly neighbours: number
  readonly shrinkage: number
}

const name = 'item-knn'
const version = 1

export const itemKnn: Model<ItemKnnConfig> = {
  name,
  defaults: { neighbours: 200, shrinkage: 20, binarise: true, halfLifeDays: 90 },
  space: {
    neighbours: { among: [20, 50, 100, 200, 400, 800] },
    shrinkage: { from: 1, to: 200, scale: 'log' },
    halfLifeDays: { from: 10, to: 365, scale: 'log' },
  },
  plan: (data, config) => neighbourPlan(data, config.neighbours),
  fit: async (data, config, run) => {
    const matrix = trainingMatrix(name, data, config)
    const squares = columnSums(matrix, 2)
    const norms = squares.map(Math.sqrt)
    // Rows are the items reached, so that `keep` bounds the neighbours each of them listens to.
    const listened = await sparseProduct(transpose(matrix), matrix, {
      rowNorms: norms,
      columnNorms: norms,
      shrinkage: config.shrinkage,
      keep: config.neighbours,
      skipDiagonal: true,
      breathe: run.breathe,
      progress: run.progress,
    })
    const sums = Float32Array.from(columnSums(matrix))
    const arrays = {
      ...neighbourArrays(transpose(listened), popularityPrior(matrix)),
      ...{ sums, squares: Float32Array.from(squares) },
    }
    return fittedNeighbours({ model: name, version, config, itemCount: matrix.columnCount, arrays }, name, version)
  },
  load: (state) => fittedNeighbours(state, name, version),
  unlearn: async (state, rows, breathe) => {
    const { sums, squares } = state.arrays as Record<string, Float32Array | undefined>
    // Older than this.
    if (sums === undefined || squares === undefined) return null
    const { itemCount } = state
    const config = state.config as ItemKnnConfig
    const matrix = trainingMatrix(name, rows, config)
    const [rest, restSquares] = [less(sums, columnSums(matrix)), less(squares, columnSums(matrix, 2))]
    const divisor = (of: Float32Array) => (one: number, other: number) =>
      Math.sqrt(of[one]) * Math.sqrt(of[other]) + config.shrinkage
    const lists = transpose(openState(state, name, version).csr(itemCount, itemCount))
    await breathe()
    const table = { lists, keep: config.neighbours, before: divisor(squares), after: divisor(restSquares) }
    const left = withoutPairs(table, matrix, matrix)
    if (left === null) return null
    const arrays = { ...neighbourArrays(transpose(left), priorOf(rest)), sums: rest, squares: restSquares }
    return { ...state, arrays }
  },
}
