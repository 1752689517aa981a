/**
 * The three inner loops of everything sparse: a network reads and writes only the items a shopper met.
 *
 * S is a sparse batch (rows × items), T a table with one row of `width` numbers an item, L a dense batch
 * (rows × width). Each is O(entries × width); a sparse-input layer and a sampled-output layer are these three in two
 * orders.
 *
 * | kernel       | computes                        | input layer        | output layer       |
 * |--------------|---------------------------------|--------------------|--------------------|
 * | gatherSum    | L += S·T                        | forward            | gradient of input  |
 * | sampledDots  | S ← L·Tᵀ where S has entries    | gradient of input  | forward            |
 * | scatterOuter | T += Sᵀ·L                       | gradient of table  | gradient of table  |
 */
import type { Floats } from '../kernels/vector.ts'

/** Which (row, column) pairs exist: row r holds `columns[pointers[r]]` … `columns[pointers[r + 1] - 1]`, in any order. */
export interface SparsePattern {
  readonly rowCount: number
  readonly pointers: Int32Array
  readonly columns: Int32Array
}

/** `sums[r] += Σ values[e] · table[columns[e]]` over the entries e of row r. */
export function gatherSum(pattern: SparsePattern, values: Floats, table: Floats, width: number, sums: Floats): void {
  const { rowCount, pointers, columns } = pattern
  for (let row = 0; row < rowCount; row++) {
    const to = row * width
    for (let entry = pointers[row]; entry < pointers[row + 1]; entry++) {
      const value = values[entry]
      if (value === 0) continue
      const from = columns[entry] * width
      for (let at = 0; at < width; at++) sums[to + at] += value * table[from + at]
    }
  }
}

/** `dots[e] = left[r] · table[columns[e]]` for every entry e of row r. */
export function sampledDots(pattern: SparsePattern, left: Floats, table: Floats, width: number, dots: Floats): void {
  const { rowCount, pointers, columns } = pattern
  const unrolled = width - (width % 4)
  for (let row = 0; row < rowCount; row++) {
    const from = row * width
    for (let entry = pointers[row]; entry < pointers[row + 1]; entry++) {
      const other = columns[entry] * width
      // Four sums that do not wait for one another.
      let a = 0
      let b = 0
      let c = 0
      let d = 0
      for (let at = 0; at < unrolled; at += 4) {
        a += left[from + at] * table[other + at]
        b += left[from + at + 1] * table[other + at + 1]
        c += left[from + at + 2] * table[other + at + 2]
        d += left[from + at + 3] * table[other + at + 3]
      }
      for (let at = unrolled; at < width; at++) a += left[from + at] * table[other + at]
      dots[entry] = a + b + (c + d)
    }
  }
}

/** `table[columns[e]] += values[e] · left[r]` for every entry e of row r. */
export function scatterOuter(pattern: SparsePattern, values: Floats, left: Floats, width: number, table: Floats): void {
  const { rowCount, pointers, columns } = pattern
  for (let row = 0; row < rowCount; row++) {
    const from = row * width
    for (let entry = pointers[row]; entry < pointers[row + 1]; entry++) {
      const value = values[entry]
      if (value === 0) continue
      const to = columns[entry] * width
      for (let at = 0; at < width; at++) table[to + at] += value * left[from + at]
    }
  }
}
