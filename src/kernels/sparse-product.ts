/**
 * Multiplies two sparse tables row by row and keeps only the strongest few entries of each row.
 *
 * entry(i, j) = Σ_m left(i, m)·right(m, j) / (rowNorms[i]·columnNorms[j] + shrinkage), the `keep` highest a row.
 * Cosine similarity, shrunk cosine and the walks of RP3β are this with different norms. The whole product is never
 * held: memory is one dense row a thread beside the result. Ties go to the lower column, NaN is never kept, and a row
 * comes out the same to the last bit whoever computes it. Cost: Σ over entries of `left` of the length of the row of
 * `right` that they name (Gustavson 1978).
 */
import type { Breathe } from '../base/breathe.ts'
import { type Wasm, wasmBackend, workspaceBytes } from './backend.ts'
import { type Csr, csrFromRows, type SparseRow } from './csr.ts'
import { inStretches, resident, residentCsr } from './resident.ts'
import { openSpace } from './space.ts'
import { createTopK } from './top-k.ts'

export interface SparseProductOptions {
  readonly rowNorms: Float64Array
  readonly columnNorms: Float64Array
  readonly shrinkage: number
  /** At most this many entries a row. */
  readonly keep: number
  /** Leaves out entries whose row and column are the same. */
  readonly skipDiagonal: boolean
  readonly breathe: Breathe
  readonly progress?: (fraction: number) => void
}

export async function sparseProduct(left: Csr, right: Csr, options: SparseProductOptions): Promise<Csr> {
  const keep = Math.min(options.keep, right.columnCount)
  const wasm = wasmBackend()
  const fits =
    wasm !== null && wasm.call('sparseProductWorkspaceBytes', right.columnCount, keep) <= workspaceBytes && keep > 0
  const rows = fits
    ? await fastProduct(wasm, left, right, { ...options, keep })
    : await plainProduct(left, right, { ...options, keep })
  return csrFromRows(right.columnCount, rows)
}

/** Multiply-adds between two breaths. */
const stretch = 20_000_000
/** Kept entries that one call may write: 8 bytes each. */
const room = 1 << 20

async function fastProduct(wasm: Wasm, left: Csr, right: Csr, options: SparseProductOptions): Promise<SparseRow[]> {
  const { shrinkage, keep, skipDiagonal, breathe, progress } = options
  const rows: SparseRow[] = []
  const space = openSpace()
  try {
    const capacity = Math.max(1, Math.min(left.rowCount, Math.floor(room / keep)))
    const counts = space.integers(capacity)
    const columns = space.integers(capacity * keep)
    const values = space.floats(capacity * keep) as Float32Array
    const addressOf = (array: Int32Array | Float32Array | Float64Array) => resident(space, array).byteOffset
    const factors = [left, right]
      .map((factor) => residentCsr(space, factor))
      .flatMap(({ pointers, columns, values }) => [pointers, columns, values].map(({ byteOffset }) => byteOffset))
    const norms = [addressOf(options.rowNorms), addressOf(options.columnNorms)]
    const settings = [right.columnCount, ...norms, shrinkage, keep, skipDiagonal ? 1 : 0]
    const outputs = [counts, columns, values].map(addressOf)
    const workOf = productWork(left, right)
    const fewest = stretch / capacity
    await inStretches(
      left.rowCount,
      (row) => Math.max(fewest, workOf(row)),
      stretch,
      breathe,
      (first, length) => {
        wasm.run(
          'sparseProductRows',
          [...factors, ...settings, ...outputs, first],
          length,
          grainOf(length, right.columnCount),
        )
        for (let row = 0; row < length; row++) {
          const end = row * keep + counts[row]
          rows.push({ columns: columns.slice(row * keep, end), values: values.slice(row * keep, end) })
        }
        progress?.((first + length) / left.rowCount)
      },
    )
    return rows
  } finally {
    space.release()
  }
}

/** Each piece prepares a sum for every column, and should hold several times that much work. */
function grainOf(length: number, columnCount: number): number {
  return Math.ceil((4 * columnCount * length) / stretch)
}

/** Multiply-adds of a row of the product. */
function productWork(left: Csr, right: Csr): (row: number) => number {
  return (row) => {
    let work = 0
    for (let at = left.pointers[row]; at < left.pointers[row + 1]; at++) {
      work += right.pointers[left.columns[at] + 1] - right.pointers[left.columns[at]]
    }
    return work
  }
}

async function plainProduct(left: Csr, right: Csr, options: SparseProductOptions): Promise<SparseRow[]> {
  const { rowNorms, columnNorms, shrinkage, keep, skipDiagonal, breathe, progress } = options
  const sums = new Float64Array(right.columnCount)
  const met = new Uint8Array(right.columnCount)
  const touched = new Int32Array(right.columnCount)
  const best = createTopK(keep)
  const rows: SparseRow[] = []
  for (let row = 0; row < left.rowCount; row++) {
    const count = addRows(left, row, right, sums, met, touched)
    for (let at = 0; at < count; at++) {
      const column = touched[at]
      sums[column] /= rowNorms[row] * columnNorms[column] + shrinkage
      if (!skipDiagonal || column !== row) best.offer(column, sums[column])
    }
    const columns = best.drain().sort()
    rows.push({ columns, values: Float32Array.from(columns, (column) => sums[column]) })
    for (let at = 0; at < count; at++) {
      sums[touched[at]] = 0
      met[touched[at]] = 0
    }
    progress?.((row + 1) / left.rowCount)
    await breathe()
  }
  return rows
}

/** sums += Σ_m left(row, m)·right(m, ·); lists the columns met and returns how many. */
function addRows(left: Csr, row: number, right: Csr, sums: Float64Array, met: Uint8Array, touched: Int32Array): number {
  let count = 0
  for (let at = left.pointers[row]; at < left.pointers[row + 1]; at++) {
    const middle = left.columns[at]
    const value = left.values[at]
    for (let other = right.pointers[middle]; other < right.pointers[middle + 1]; other++) {
      const column = right.columns[other]
      if (met[column] === 0) {
        met[column] = 1
        touched[count++] = column
      }
      sums[column] += value * right.values[other]
    }
  }
  return count
}
