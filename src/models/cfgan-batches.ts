/**
 * What one step of the game looks at: some rows with what they hold, and which of what they do not hold is asked about.
 *
 * O(entries asked about) a batch, laid straight into the memory of the batch (kernels/space.ts).
 */
import type { Rng } from '../base/rng.ts'
import type { Csr } from '../kernels/csr.ts'
import type { Space } from '../kernels/space.ts'
import { dropoutMask } from '../nn/dropout.ts'
import type { SparseBatch, SparsePart } from '../nn/embedding-bag.ts'
import { type Selection, selectColumns } from './cfgan-selection.ts'

/** What the networks are conditioned on, a row each. */
export interface Conditions {
  /** Only that an entry is there counts; its value does not. */
  readonly matrix: Csr
  /** rowCount × featureCount, row-major. */
  readonly features: Float32Array | null
  readonly featureCount: number
}

/** Which missing entries are drawn for a row. */
export interface Sampling {
  /** Zero-reconstruction, partial masking, or both. */
  readonly scheme: 'ZR' | 'PM' | 'ZP'
  /** Share of its condition that G does not get to see while it learns, so that it must foresee and cannot copy. */
  readonly dropout: number
  /** |Z| of every row, in entries of a mean row. */
  readonly zeroRatio: number
  /** Missing entries the mask lets through in every row, in entries of a mean row. */
  readonly maskRatio: number
}

export interface Batch {
  readonly rowCount: number
  /** Entries at their columns, features behind them. */
  readonly condition: SparseBatch
  /** The same as G gets to see it. */
  readonly dropped: SparseBatch
  /** The entries as ones: the real profile. */
  readonly profile: SparsePart
  readonly selection: Selection
}

export function createBatches(
  conditions: Conditions,
  { scheme, dropout, zeroRatio, maskRatio }: Sampling,
  rng: Rng,
  space: Space,
): (rows: Int32Array) => Batch {
  const { matrix } = conditions
  const countMissing = createCounter(matrix, space)
  return (rows) => {
    const profile = profileOf(matrix, rows, space)
    const behaviour = behaviourOf(conditions, rows, space)
    const condition = [profile, ...behaviour]
    const seen = dropout === 0 ? profile.values : dropoutMask(profile.values.length, dropout, rng, space)
    const counts = {
      shown: countMissing(rows, scheme === 'ZR' ? 0 : maskRatio),
      zero: countMissing(rows, scheme === 'PM' ? 0 : zeroRatio),
    }
    const selection = selectColumns(profile.pattern, counts, rng, space)
    return {
      rowCount: rows.length,
      condition,
      dropped: [{ ...profile, values: seen }, ...behaviour],
      profile,
      selection,
    }
  }
}

/**
 * How many missing columns are drawn for each row: `ratio` times as many as a mean row has entries, at most half of those
 * that are missing. Every row gets as many, as in the paper (a share of what is missing): drawn in proportion to a row's
 * own entries, rare items would be told "no" as seldom as "yes", and what is popular would be forgotten (docs/log.md).
 */
function createCounter({ pointers, columns, rowCount, columnCount }: Csr, space: Space) {
  const meanEntries = columns.length / rowCount
  return (rows: Int32Array, ratio: number): Int32Array => {
    const counts = space.batchIntegers(rows.length)
    const wanted = Math.round(ratio * meanEntries)
    for (let at = 0; at < rows.length; at++) {
      const missing = columnCount - pointers[rows[at] + 1] + pointers[rows[at]]
      counts[at] = Math.min(wanted, Math.ceil(missing / 2))
    }
    return counts
  }
}

/** The condition of some rows, as G reads it. */
export function conditionOf(conditions: Conditions, rows: Int32Array, space: Space): readonly SparsePart[] {
  return [profileOf(conditions.matrix, rows, space), ...behaviourOf(conditions, rows, space)]
}

function profileOf({ pointers: starts, columns: held, columnCount }: Csr, rows: Int32Array, space: Space): SparsePart {
  const pointers = space.batchIntegers(rows.length + 1)
  for (let at = 0; at < rows.length; at++) pointers[at + 1] = pointers[at] + starts[rows[at] + 1] - starts[rows[at]]
  const columns = space.batchIntegers(pointers[rows.length], true)
  for (let at = 0; at < rows.length; at++) {
    columns.set(held.subarray(starts[rows[at]], starts[rows[at] + 1]), pointers[at])
  }
  const pattern = { rowCount: rows.length, columnCount, pointers, columns }
  return { pattern, values: space.batchFloats(columns.length, true).fill(1) }
}

/** Every feature of every row; no part where there are none. */
function behaviourOf({ features, featureCount }: Conditions, rows: Int32Array, space: Space): SparsePart[] {
  if (featureCount === 0) return []
  const pointers = space.batchIntegers(rows.length + 1)
  const columns = space.batchIntegers(rows.length * featureCount)
  const values = space.batchFloats(columns.length)
  for (let at = 0; at < columns.length; at++) columns[at] = at % featureCount
  for (let at = 0; at < rows.length; at++) {
    pointers[at + 1] = pointers[at] + featureCount
    const from = rows[at] * featureCount
    if (features !== null) values.set(features.subarray(from, from + featureCount), at * featureCount)
  }
  return [{ pattern: { rowCount: rows.length, columnCount: featureCount, pointers, columns }, values }]
}
