/**
 * What one step of the game looks at: some rows with what they hold, and which of what they do not hold is asked about.
 *
 * O(entries asked about) a batch, laid straight into the memory of the batch (kernels/space.ts).
 */
import type { Rng } from '../base/rng.ts'
import type { Csr } from '../kernels/csr.ts'
import type { Space } from '../kernels/space.ts'
import type { SparsePattern } from '../kernels/sparse-rows-pattern.ts'
import { dropoutMask } from '../nn/dropout.ts'
import type { SparseBatch, SparsePart } from '../nn/embedding-bag.ts'

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
  /** Entries at their columns, features behind them. */
  readonly condition: SparseBatch
  /** The same as G gets to see it. */
  readonly dropped: SparseBatch
  /** The entries as ones: the real profile. */
  readonly profile: SparsePart
  /** Columns e lets through. */
  readonly masked: SparsePattern
  /** All that is asked of G: a row's masked columns, and behind them those of its Z. */
  readonly asked: SparsePattern
}

export function createBatches(
  conditions: Conditions,
  { scheme, dropout, zeroRatio, maskRatio }: Sampling,
  rng: Rng,
  space: Space,
): (rows: Int32Array) => Batch {
  const { matrix } = conditions
  const drawMissing = createMissingSampler(matrix, rng)
  const nothing = () => 0
  return (rows) => {
    const profile = profileOf(matrix, rows, space)
    const behaviour = behaviourOf(conditions, rows, space)
    const thinned = { ...profile, values: dropoutMask(profile.values.length, dropout, rng, space) }
    const masking = scheme === 'ZR' ? nothing : drawMissing.counter(maskRatio)
    const zeroing = scheme === 'PM' ? nothing : drawMissing.counter(zeroRatio)
    const masked = patternOf(matrix, rows, true, masking, drawMissing.draw, space)
    const zeros = patternOf(matrix, rows, false, zeroing, drawMissing.draw, space)
    const asked = sideBySide(masked, zeros, space)
    return { condition: [profile, ...behaviour], dropped: [thinned, ...behaviour], profile, masked, asked }
  }
}

/** Each row of one pattern, and behind it that of the other. */
function sideBySide(left: SparsePattern, right: SparsePattern, space: Space): SparsePattern {
  const pointers = space.batchIntegers(left.rowCount + 1)
  const columns = space.batchIntegers(left.columns.length + right.columns.length)
  for (let row = 0; row < left.rowCount; row++) {
    let filled = pointers[row]
    for (const { pointers: starts, columns: from } of [left, right]) {
      columns.set(from.subarray(starts[row], starts[row + 1]), filled)
      filled += starts[row + 1] - starts[row]
    }
    pointers[row + 1] = filled
  }
  return { ...left, pointers, columns }
}

/** The condition of some rows, as G reads it. */
export function conditionOf(conditions: Conditions, rows: Int32Array, space: Space): SparseBatch {
  return [profileOf(conditions.matrix, rows, space), ...behaviourOf(conditions, rows, space)]
}

function profileOf(matrix: Csr, rows: Int32Array, space: Space): SparsePart {
  const pattern = patternOf(
    matrix,
    rows,
    true,
    () => 0,
    () => undefined,
    space,
  )
  return { pattern, values: space.batchFloats(pattern.columns.length).fill(1) }
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

/** For each row what it holds, if asked for, and behind that as many missing columns as `countOf` says. */
function patternOf(
  { pointers: starts, columns: held, columnCount }: Csr,
  rows: Int32Array,
  withEntries: boolean,
  countOf: (row: number) => number,
  draw: (row: number, target: Int32Array) => void,
  space: Space,
): SparsePattern {
  const pointers = space.batchIntegers(rows.length + 1)
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at]
    pointers[at + 1] = pointers[at] + (withEntries ? starts[row + 1] - starts[row] : 0) + countOf(row)
  }
  const columns = space.batchIntegers(pointers[rows.length])
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at]
    let filled = pointers[at]
    for (let entry = starts[row]; withEntries && entry < starts[row + 1]; entry++) columns[filled++] = held[entry]
    if (filled < pointers[at + 1]) draw(row, columns.subarray(filled, pointers[at + 1]))
  }
  return { rowCount: rows.length, columnCount, pointers, columns }
}

interface MissingSampler {
  /**
   * `ratio` times as many as a mean row has entries, at most half of those that are missing. Every row gets as many, as
   * in the paper (a share of what is missing): drawn in proportion to a row's own entries, rare items would be told
   * "no" as seldom as "yes", and what is popular would be forgotten (docs/log.md).
   */
  readonly counter: (ratio: number) => (row: number) => number
  /** Fills `target` with missing columns of the row, each once. */
  readonly draw: (row: number, target: Int32Array) => void
}

function createMissingSampler({ pointers, columns, rowCount, columnCount }: Csr, rng: Rng): MissingSampler {
  const takenIn = new Int32Array(columnCount)
  const meanEntries = columns.length / rowCount
  let drawn = 0
  return {
    counter: (ratio) => (row) =>
      Math.min(Math.round(ratio * meanEntries), Math.ceil((columnCount - pointers[row + 1] + pointers[row]) / 2)),
    draw: (row, target) => {
      drawn++
      for (let at = pointers[row]; at < pointers[row + 1]; at++) takenIn[columns[at]] = drawn
      for (let count = 0; count < target.length; ) {
        const column = rng.index(columnCount)
        if (takenIn[column] === drawn) continue
        takenIn[column] = drawn
        target[count++] = column
      }
    },
  }
}
