/**
 * What will this shopper buy next, things bought before included: the own rhythm, and what follows such baskets.
 *
 * f = own faded frequency (basket-history.ts). Each of a shopper's latest `targets` baskets but the first is a target y
 * with the frequency x of the baskets before it and the weight w = 2^(−age of y / targetHalfLifeDays), so that what is
 * bought lately counts. W = D_i^(−alpha)·(Σ w·x/|x|^userExponent·yᵀ)·D_j^(−beta) without its diagonal, the `neighbours`
 * highest a row; D_i and D_j hold Σ w·x and Σ w·y. e(j) = Σ_i f(i)·W(i, j), then
 *
 * score(j) = e(j) / (mean of the highest 2 % of e, at most 100) + repeatWeight·f(j)
 *
 * RP3β (Christoffel et al., RecSys 2015) walked from a history to the basket after it, with the personal item frequency
 * of Hu et al. (SIGIR 2020) for repeats. Without baskets a row is both history and target: plain RP3β.
 * Fit: Σ over targets of (items before)·(items in); state 8 bytes a neighbour; score O(items + history × neighbours).
 */
import { columnSums, type Csr, csrFromTriples, rowSums, scaled, transpose } from '../kernels/csr.ts'
import { sparseProduct } from '../kernels/sparse-product.ts'
import { topK } from '../kernels/top-k.ts'
import type { Interactions } from '../preprocess/interactions.ts'
import { decayed } from '../preprocess/weights.ts'
import { basketsOf, eachShopper, ownFrequency, tableBaskets } from './basket-history.ts'
import type { Fitted, Model, ModelState } from './model.ts'
import { neighbourArrays, neighbourPlan } from './sparse-neighbours.ts'
import { openState } from './state.ts'
import { popularityPrior, trainingMatrix } from './training-matrix.ts'

export interface NextBasketConfig {
  readonly alpha: number
  readonly beta: number
  readonly userExponent: number
  readonly neighbours: number
  /** Of the shopper's own baskets. */
  readonly halfLifeDays: number
  readonly targetHalfLifeDays: number
  /** Baskets of a shopper that are learnt from, at most. */
  readonly targets: number
  readonly repeatWeight: number
}

const name = 'next-basket'
const version = 1
/** The highest of which the mean is the unit of the explore part: this share of the catalogue, at most so many. */
const unitShare = 0.02
const unitItems = 100

export const nextBasket: Model<NextBasketConfig> = {
  name,
  defaults: {
    alpha: 0.3,
    beta: 0.2,
    userExponent: 1,
    neighbours: 1000,
    halfLifeDays: 300,
    targetHalfLifeDays: 30,
    targets: 10,
    repeatWeight: 8,
  },
  space: {
    alpha: { from: 0, to: 1, scale: 'linear' },
    beta: { from: 0, to: 0.6, scale: 'linear' },
    userExponent: { from: 0, to: 1.5, scale: 'linear' },
    halfLifeDays: { from: 30, to: 1000, scale: 'log' },
    targetHalfLifeDays: { from: 5, to: 365, scale: 'log' },
    repeatWeight: { from: 1, to: 50, scale: 'log' },
  },
  plan: (data, config) => {
    const { kernels, heap } = neighbourPlan(data, config.neighbours)
    const pairs = data.matrix.columns.length * config.targets
    return { kernels: kernels + 16 * pairs, heap: heap + 48 * pairs }
  },
  fit: async (data, config, run) => {
    const matrix = trainingMatrix(name, data, { binarise: true, halfLifeDays: Infinity })
    await run.breathe()
    const { before, after, weights } = collectPairs(data, config)
    const [sources, targets] = [before, after].map((side) => columnSums(scaled(side, weights)))
    const neighbours = await sparseProduct(transpose(scaled(before, weights)), after, {
      rowNorms: sources.map((sum) => sum ** config.alpha),
      columnNorms: targets.map((sum) => sum ** config.beta),
      shrinkage: 0,
      keep: config.neighbours,
      skipDiagonal: true,
      breathe: run.breathe,
      progress: run.progress,
    })
    // Where nobody came twice, what is bought is all there is.
    const lately = weights.length > 0 ? scaled(after, weights) : matrix
    const arrays = neighbourArrays(neighbours, popularityPrior(lately))
    return fitted({ model: name, version, config, itemCount: matrix.columnCount, arrays })
  },
  load: fitted,
}

/** A row a target: the frequencies before it, divided by |x|^userExponent; its items; its weight. */
interface Pairs {
  readonly before: Csr
  readonly after: Csr
  readonly weights: readonly number[]
}

/** What counts less than this is not learnt from. */
const leastWeight = 1e-6

function collectPairs(data: Interactions, config: NextBasketConfig): Pairs {
  const { halfLifeDays, targetHalfLifeDays, userExponent } = config
  const sides = [0, 1].map(() => ({ rows: [] as number[], items: [] as number[], values: [] as number[] }))
  const weights: number[] = []
  const add = (side: number, item: number, value: number) => {
    sides[side].rows.push(weights.length - 1)
    sides[side].items.push(item)
    sides[side].values.push(value)
  }
  const single = data.baskets === undefined
  eachShopper(tableBaskets(data), (own) => {
    const count = own.ageDays.length
    for (let target = Math.max(single ? 0 : 1, count - config.targets); target < count; target++) {
      const weight = decayed(1, own.ageDays[target], targetHalfLifeDays)
      if (weight < leastWeight) continue
      weights.push(weight)
      const frequencies = ownFrequency(own, halfLifeDays, single ? 1 : target)
      for (const [item, frequency] of frequencies) add(0, item, frequency)
      for (const item of own.items.subarray(own.starts[target], own.starts[target + 1])) add(1, item, 1)
    }
  })
  const [before, after] = sides.map(({ rows, items, values }) =>
    csrFromTriples(weights.length, data.matrix.columnCount, rows, items, values),
  )
  const divisors = Array.from(rowSums(before), (sum) => 1 / sum ** userExponent)
  return { before: scaled(before, divisors), after, weights }
}

function fitted(state: ModelState): Fitted {
  const { itemCount } = state
  const config = state.config as NextBasketConfig
  const opened = openState(state, name, version)
  const prior = opened.floats('prior', itemCount)
  const { pointers, columns, values } = opened.csr(itemCount, itemCount)
  return {
    itemCount,
    score: (query, scores) => {
      if (query.items.length === 0) {
        scores.set(prior)
        return
      }
      const frequencies = ownFrequency(basketsOf(query), config.halfLifeDays)
      scores.fill(0)
      for (const [item, frequency] of frequencies) {
        for (let at = pointers[item]; at < pointers[item + 1]; at++) scores[columns[at]] += frequency * values[at]
      }
      const unit = meanOfHighest(scores)
      for (let item = 0; item < itemCount; item++) scores[item] = prior[item] + scores[item] * unit
      for (const [item, frequency] of frequencies) scores[item] += config.repeatWeight * frequency
    },
    serialise: () => state,
  }
}

/** 1 / mean; 0 where all are 0. */
function meanOfHighest(scores: Float32Array): number {
  const highest = topK(scores, Math.min(unitItems, Math.ceil(unitShare * scores.length)))
  const mean = highest.reduce((sum, item) => sum + scores[item], 0) / highest.length
  return mean > 0 ? 1 / mean : 0
}
