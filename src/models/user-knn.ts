/**
 * "Shoppers like you took that": what the most similar shoppers have.
 *
 * s(q, u) = Σ_i q_i·x_ui / (‖q‖·‖x_u‖ + shrinkage), score(j) = Σ s(q, u)·x_uj over the `neighbours` shoppers with the
 * highest s. Who asks may be among them, and then speaks for nothing but what they have already.
 * Source: Herlocker et al., "An algorithmic framework for performing collaborative filtering", SIGIR 1999. Fit
 * O(interactions); score: the shoppers of the history's items + neighbours × their items + items; state 8 bytes an
 * interaction, and as much again once loaded.
 */
import { type Csr, rowOf, rowsOf, rowSums, transpose } from '../kernels/csr.ts'
import { createTopK } from '../kernels/top-k.ts'
import { linearParts } from './explain.ts'
import type { Fitted, Model, ModelState, Query } from './model.ts'
import { openState } from './state.ts'
import { popularityPrior, queryStrengths, type StrengthConfig, trainingMatrix } from './training-matrix.ts'

export interface UserKnnConfig extends StrengthConfig {
  readonly neighbours: number
  readonly shrinkage: number
}

const name = 'user-knn'
const version = 1

export const userKnn: Model<UserKnnConfig> = {
  name,
  defaults: { neighbours: 80, shrinkage: 1, binarise: true, halfLifeDays: 90 },
  space: {
    neighbours: { among: [20, 40, 80, 160, 320, 640] },
    shrinkage: { from: 0.1, to: 30, scale: 'log' },
    halfLifeDays: { from: 10, to: 365, scale: 'log' },
  },
  plan: ({ matrix }) => ({ kernels: 0, heap: 12 * matrix.columns.length + 24 * matrix.rowCount }),
  fit: async (data, config, run) => {
    await run.breathe()
    const matrix = trainingMatrix(name, data, config)
    const { pointers, columns, values } = matrix
    const arrays = { pointers, columns, values, prior: popularityPrior(matrix) }
    return fitted({ model: name, version, config, itemCount: matrix.columnCount, arrays })
  },
  load: fitted,
  unlearn: async (state, rows, breathe) => {
    await breathe()
    const { arrays, itemCount } = state
    const shoppers = openState(state, name, version).csr((arrays.pointers?.length ?? 1) - 1, itemCount)
    const left = withoutAlike(shoppers, trainingMatrix(name, rows, state.config as UserKnnConfig))
    if (left === null) return null
    const { pointers, columns, values } = left
    return { ...state, arrays: { pointers, columns, values, prior: popularityPrior(left) } }
  },
}

/** Strengths closer than this, as shares of each other, are the same. */
const alike = 1e-6

/** Without one row like each of `gone`: whose of several alike it was makes no difference. `null` where one is not there. */
function withoutAlike(matrix: Csr, gone: Csr): Csr | null {
  const left = new Set(Array.from({ length: matrix.rowCount }, (_, row) => row))
  for (let at = 0; at < gone.rowCount; at++) {
    const { columns, values } = rowOf(gone, at)
    const isAlike = (row: number) => {
      const own = rowOf(matrix, row)
      return (
        own.columns.length === columns.length &&
        own.columns.every((column, place) => column === columns[place]) &&
        own.values.every((value, place) => Math.abs(value - values[place]) <= alike * value)
      )
    }
    const found = [...left].find(isAlike)
    if (found === undefined) return null
    left.delete(found)
  }
  return left.size === 0 ? null : rowsOf(matrix, Int32Array.from(left))
}

function fitted(state: ModelState): Fitted {
  const { itemCount } = state
  const config = state.config as UserKnnConfig
  const opened = openState(state, name, version)
  const prior = opened.floats('prior', itemCount)
  const shoppers = opened.csr((state.arrays.pointers?.length ?? 1) - 1, itemCount)
  const byItem = transpose(shoppers)
  const norms = rowSums(shoppers, 2).map(Math.sqrt)
  const sums = new Float64Array(shoppers.rowCount)
  const met = new Int32Array(shoppers.rowCount)
  const nearest = createTopK(Math.min(config.neighbours, shoppers.rowCount))

  /** Fills `sums` with Σ_i q_i·x_ui for everyone who shares an item with the query, and `met` with who they are. */
  const meet = (items: Int32Array, strengths: Float32Array): number => {
    let count = 0
    items.forEach((item, at) => {
      for (let entry = byItem.pointers[item]; entry < byItem.pointers[item + 1]; entry++) {
        const product = strengths[at] * byItem.values[entry]
        // What has faded to nothing shares nothing; who is met counts once.
        if (product === 0) continue
        const shopper = byItem.columns[entry]
        if (sums[shopper] === 0) met[count++] = shopper
        sums[shopper] += product
      }
    })
    return count
  }

  /** Shows the nearest one by one; a similarity is Σ_i q_i·x_ui times its `scale`. */
  const visit = (query: Query, see: (shopper: number, similarity: number, scale: number) => void): void => {
    const strengths = queryStrengths(query, config)
    const norm = Math.sqrt(strengths.reduce((sum, strength) => sum + strength * strength, 0))
    const scale = (shopper: number) => 1 / (norm * norms[shopper] + config.shrinkage)
    const count = meet(query.items, strengths)
    for (let at = 0; at < count; at++) nearest.offer(met[at], sums[met[at]] * scale(met[at]))
    for (const shopper of nearest.drain()) see(shopper, sums[shopper] * scale(shopper), scale(shopper))
    for (let at = 0; at < count; at++) sums[met[at]] = 0
  }
  const valueOf = (shopper: number, item: number): number => {
    for (let entry = shoppers.pointers[shopper]; entry < shoppers.pointers[shopper + 1]; entry++) {
      if (shoppers.columns[entry] === item) return shoppers.values[entry]
    }
    return 0
  }

  return {
    itemCount,
    score: (query, scores) => {
      scores.set(prior)
      visit(query, (shopper, similarity) => {
        for (let entry = shoppers.pointers[shopper]; entry < shoppers.pointers[shopper + 1]; entry++) {
          scores[shoppers.columns[entry]] += similarity * shoppers.values[entry]
        }
      })
    },
    explain: (query, item) => {
      const strengths = queryStrengths(query, config)
      const parts = new Float64Array(query.items.length)
      visit(query, (shopper, _, scale) => {
        const value = scale * valueOf(shopper, item)
        if (value === 0) return
        for (let place = 0; place < parts.length; place++) {
          parts[place] += value * strengths[place] * valueOf(shopper, query.items[place])
        }
      })
      return { ...linearParts(query, prior[item], (place) => parts[place]), kind: 'attribution' }
    },
    serialise: () => state,
  }
}
