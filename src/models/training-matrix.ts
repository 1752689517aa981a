/**
 * What counts as how much, the same for the shoppers a model learns from and the one who asks it.
 *
 * With `binarise`, that a shopper met an item counts 1 however strongly or often, halved every `halfLifeDays` since;
 * without, the strengths count as they are (those have aged before they get here). Facts that fade rank better than
 * strengths, by a fifth and more in NDCG@20 on the latest tenth of Online Retail: who buys one thing ten times says
 * less about other things than who bought ten. What a row says counts less where the row is not wholly believed
 * (`rowWeights`): here, for all models.
 */
import { HaggleError } from '../domain/errors.ts'
import { columnSums, type Csr, scaled } from '../kernels/csr.ts'
import type { Interactions } from '../preprocess/interactions.ts'
import { decayed } from '../preprocess/weights.ts'
import type { Query } from './model.ts'

/** The settings of every model that can do both. */
export interface StrengthConfig {
  readonly binarise: boolean
  /** Only with `binarise`. */
  readonly halfLifeDays: number
}

/**
 * The matrix to learn from.
 * @throws `no-data` where it is empty, `diverged` where a value is not a finite number.
 */
export function trainingMatrix(model: string, data: Interactions, config: StrengthConfig): Csr {
  const { matrix } = data
  if (matrix.columns.length === 0) {
    throw new HaggleError('no-data', `${model}: there are no interactions to learn from. Import events first.`)
  }
  if (!matrix.values.every(Number.isFinite)) {
    throw new HaggleError('diverged', `${model}: the interactions hold a value that is not a finite number.`)
  }
  const counted = config.binarise
    ? { ...matrix, values: facts(matrix.values.length, data.ageDays, config.halfLifeDays) }
    : matrix
  return data.rowWeights === undefined ? counted : scaled(counted, data.rowWeights)
}

/** How much each item of a query counts. */
export function queryStrengths(query: Query, config: StrengthConfig): Float32Array {
  return config.binarise ? facts(query.items.length, query.ageDays, config.halfLifeDays) : query.weights
}

/** 1 each, less with age where it is known. */
function facts(count: number, ageDays: Float32Array | null, halfLifeDays: number): Float32Array {
  return new Float32Array(count).map((_, entry) => (ageDays === null ? 1 : decayed(1, ageDays[entry], halfLifeDays)))
}

/**
 * Column sums scaled to at most 1e-9: added to a model's scores, they order by popularity what the model itself cannot
 * tell apart, the items no neighbour reaches and, for a stranger, all of them.
 */
export function popularityPrior(matrix: Csr): Float32Array {
  return priorOf(columnSums(matrix))
}

export function priorOf(all: Float32Array | Float64Array): Float32Array {
  const sums = Float64Array.from(all)
  const highest = sums.reduce((a, b) => Math.max(a, b), 0)
  return Float32Array.from(sums, (sum) => (1e-9 * sum) / highest)
}
