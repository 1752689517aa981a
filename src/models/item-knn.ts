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
import { fittedNeighbours, neighbourArrays, neighbourPlan } from './sparse-neighbours.ts'
import { popularityPrior, type StrengthConfig, trainingMatrix } from './training-matrix.ts'

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
    const norms = columnSums(matrix, 2).map(Math.sqrt)
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
    const arrays = neighbourArrays(transpose(listened), popularityPrior(matrix))
    return fittedNeighbours({ model: name, version, config, itemCount: matrix.columnCount, arrays }, name, version)
  },
  load: (state) => fittedNeighbours(state, name, version),
}
