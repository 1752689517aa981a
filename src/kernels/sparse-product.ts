/**
 * Multiplies two sparse tables row by row and keeps only the strongest few entries of each row.
 *
 * entry(i, j) = Σ_m left(i, m)·right(m, j) / (rowNorms[i]·columnNorms[j] + shrinkage), the `keep` highest a row.
 * Cosine similarity, shrunk cosine and the walks of RP3β are this with different norms. The whole product is never
 * held: memory is one dense row beside the result. Cost: Σ over entries of `left` of the length of the row of `right`
 * that they name (Gustavson 1978).
 */
import type { Breathe } from '../base/breathe.ts'
import type { Csr } from './csr.ts'
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
  const { rowNorms, columnNorms, shrinkage, keep, skipDiagonal, breathe, progress } = options
  const sums = new Float64Array(right.columnCount)
  const met = new Uint8Array(right.columnCount)
  const touched = new Int32Array(right.columnCount)
  const best = createTopK(Math.min(keep, right.columnCount))
  const pointers = new Int32Array(left.rowCount + 1)
  const rows: { columns: Int32Array; values: Float32Array }[] = []
  for (let row = 0; row < left.rowCount; row++) {
    const count = addRows(left, row, right, sums, met, touched)
    for (let at = 0; at < count; at++) {
      const column = touched[at]
      sums[column] /= rowNorms[row] * columnNorms[column] + shrinkage
      if (!skipDiagonal || column !== row) best.offer(column, sums[column])
    }
    const columns = best.drain().sort()
    const values = Float32Array.from(columns, (column) => sums[column])
    for (let at = 0; at < count; at++) {
      sums[touched[at]] = 0
      met[touched[at]] = 0
    }
    rows.push({ columns, values })
    pointers[row + 1] = pointers[row] + columns.length
    progress?.((row + 1) / left.rowCount)
    await breathe()
  }
  return { rowCount: left.rowCount, columnCount: right.columnCount, pointers, ...joined(rows, pointers[left.rowCount]) }
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

function joined(
  rows: readonly { columns: Int32Array; values: Float32Array }[],
  total: number,
): { columns: Int32Array; values: Float32Array } {
  const columns = new Int32Array(total)
  const values = new Float32Array(total)
  let filled = 0
  for (const row of rows) {
    columns.set(row.columns, filled)
    values.set(row.values, filled)
    filled += row.columns.length
  }
  return { columns, values }
}
