/**
 * EASE for catalogues too large for one inverse: each item is explained by the items it is most often met with, all of
 * those considered together.
 *
 * For every item j, S the `support` items with the highest c_sj / (c_s·c_j)^supportExponent (c: what shoppers have in
 * common, and alone), and b = (X_Sᵀ·W·X_S + ridge·I)⁻¹·X_Sᵀ·W·x_j, W = D_u^(−userExponent)
 * (scaled to a mean of 1 over the entries, so that the ridge need not follow it): EASE with all weights
 * outside S held at 0, and shoppers with long histories counting less. Where every two items were met together, S is
 * everything and the exponent 0, it is EASE itself. score(j) = Σ over the history of strength(i)·B(i, j).
 * Steck, "Markov random fields for collaborative filtering", NeurIPS 2019, thins the same matrix, but inverts
 * overlapping blocks and reads weights off their inverse; here each item is solved for alone, and nothing need agree.
 * Fit: that of item-kNN, then for each item Σ_{s∈S} shoppers of s + Σ_u |u ∩ S|²/2 + support³/6 multiply-adds, so that
 * the cost grows with the catalogue and not with its cube; 8 bytes a weight, and 8·support² once. Score: history × support.
 */
import { choleskyFactor, choleskySolve } from '../kernels/cholesky.ts'
import { HaggleError } from '../domain/errors.ts'
import { columnSums, type Csr, rowSums, scaled, transpose } from '../kernels/csr.ts'
import { sparseProduct } from '../kernels/sparse-product.ts'
import { fadingOf } from './co-occurrence.ts'
import type { Fitted, FitRun, Model, ModelState } from './model.ts'
import { fittedNeighbours, neighbourArrays, neighbourPlan } from './sparse-neighbours.ts'
import { popularityPrior, type StrengthConfig, trainingMatrix } from './training-matrix.ts'

export interface SparseEaseConfig extends StrengthConfig {
  readonly ridge: number
  /** Items that may speak for one. */
  readonly support: number
  /** How much it speaks against a candidate for the support that it goes with everything. */
  readonly supportExponent: number
  /** How much less a shopper with a long history counts: weighs rows by D_u^(−userExponent). */
  readonly userExponent: number
  /** How much of an item of the history is left a moment later; 1: nothing fades. */
  readonly decay: number
}

const name = 'sparse-ease'
const version = 1

export const sparseEase: Model<SparseEaseConfig> = {
  name,
  defaults: {
    ridge: 150,
    support: 100,
    supportExponent: 0.5,
    userExponent: 0.3,
    decay: 1,
    binarise: true,
    halfLifeDays: 90,
  },
  space: {
    ridge: { from: 15, to: 1500, scale: 'log' },
    support: { among: [50, 100, 200] },
    userExponent: { from: 0, to: 0.7, scale: 'linear' },
    halfLifeDays: { from: 10, to: 365, scale: 'log' },
  },
  plan: (data, config) => neighbourPlan(data, config.support),
  fit: async (data, config, run) => {
    const plain = trainingMatrix(name, data, config)
    const matrix = weighed(plain, config.userExponent)
    const shoppers = transpose(matrix)
    const norms = columnSums(matrix, 2).map((sum) => sum ** config.supportExponent)
    const support = await sparseProduct(shoppers, matrix, {
      rowNorms: norms,
      columnNorms: norms,
      shrinkage: 0,
      keep: config.support,
      skipDiagonal: true,
      breathe: run.breathe,
      progress: (fraction) => run.progress(fraction / 4),
    })
    // A row of it holds what explains an item; what an item speaks for stands in the rows of its transpose.
    const weights = transpose(await explained(support, shoppers, config, run))
    const arrays = neighbourArrays(weights, popularityPrior(plain))
    return load({ model: name, version, config, itemCount: matrix.columnCount, arrays })
  },
  load,
}

function load(state: ModelState): Fitted {
  return fittedNeighbours(state, name, version, fadingOf(state))
}

/** √W·X, so that products of columns weigh each shopper by W. */
function weighed(matrix: Csr, exponent: number): Csr {
  const { pointers } = matrix
  const weights = rowSums(matrix).map((sum) => (sum > 0 ? sum ** -exponent : 0))
  const lengthOf = (row: number) => pointers[row + 1] - pointers[row]
  const mean = weights.reduce((sum, weight, row) => sum + weight * lengthOf(row), 0) / matrix.values.length
  return scaled(
    matrix,
    weights.map((weight) => Math.sqrt(weight / mean)),
  )
}

/** The support with b in the place of what it was chosen by. */
async function explained(
  support: Csr,
  shoppers: Csr,
  { ridge, support: most }: SparseEaseConfig,
  run: FitRun,
): Promise<Csr> {
  const { rowCount, pointers, columns } = support
  const values = new Float32Array(columns.length)
  const productsOf = createProducts(shoppers, Math.min(most, rowCount))
  for (let item = 0; item < rowCount; item++) {
    const others = columns.subarray(pointers[item], pointers[item + 1])
    const { among, withItem } = productsOf(others, item)
    for (let at = 0; at < others.length; at++) among[at * others.length + at] += ridge
    if (!choleskyFactor(among, others.length)) {
      throw new HaggleError('diverged', `${name}: an equation has no solution; raise ridge (now ${ridge}).`)
    }
    choleskySolve(among, others.length, withItem)
    values.set(withItem, pointers[item])
    run.progress(Math.min(1, 0.25 + (0.75 * (item + 1)) / rowCount))
    await run.breathe()
  }
  return { ...support, values }
}

/** X_SᵀX_S (its lower triangle) and X_Sᵀx_j, of a table with a row an item; both hold until the next call. */
export function createProducts({ columnCount, pointers, columns, values }: Csr, most: number) {
  const among = new Float64Array(most * most)
  const withItem = new Float64Array(most)
  // What each shopper has of S, as a chain of entries: the latest, and what came before it.
  const latest = new Int32Array(columnCount).fill(-1)
  const own = new Float64Array(columnCount)
  let [before, place, strength] = [new Int32Array(1024), new Int32Array(1024), new Float64Array(1024)]
  return (others: Int32Array, item: number) => {
    const size = others.length
    const [square, vector] = [among.subarray(0, size * size).fill(0), withItem.subarray(0, size).fill(0)]
    const total = others.reduce((sum, other) => sum + pointers[other + 1] - pointers[other], 0)
    if (total > before.length) {
      ;[before, place, strength] = [new Int32Array(2 * total), new Int32Array(2 * total), new Float64Array(2 * total)]
    }
    for (let at = pointers[item]; at < pointers[item + 1]; at++) own[columns[at]] = values[at]
    let count = 0
    for (let row = 0; row < size; row++) {
      for (let at = pointers[others[row]]; at < pointers[others[row] + 1]; at++, count++) {
        const shopper = columns[at]
        const value = values[at]
        vector[row] += value * own[shopper]
        before[count] = latest[shopper]
        latest[shopper] = count
        place[count] = row
        strength[count] = value
        // Entries further down the chain belong to the rows before, hence the lower triangle.
        for (let entry = count; entry >= 0; entry = before[entry]) {
          square[row * size + place[entry]] += value * strength[entry]
        }
      }
    }
    for (const other of others) {
      for (let at = pointers[other]; at < pointers[other + 1]; at++) latest[columns[at]] = -1
    }
    for (let at = pointers[item]; at < pointers[item + 1]; at++) own[columns[at]] = 0
    return { among: square, withItem: vector }
  }
}
