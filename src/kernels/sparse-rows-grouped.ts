/**
 * Sorts the entries of a minibatch by the item they belong to, so that each item's row is visited once and by one thread.
 *
 * The gradient of a table with a row an item is Σ Sᵀ·L over what was added to it: a sparse batch S, a dense one L. A
 * counting sort, O(entries + rows of the table). The order of entries within a row is that in which they were added, so
 * that sums do not depend on threads.
 */
import type { Space } from './space.ts'
import type { SparsePattern } from './sparse-rows-pattern.ts'
import type { Floats } from './vector.ts'

/** A part of a table's gradient, not yet added up. */
export interface Contribution {
  /** Its column c is row `firstRow + c` of the table. */
  readonly pattern: SparsePattern
  readonly firstRow: number
  /** One an entry. */
  readonly coefficients: Floats
  /** As many rows as the pattern, as wide as the table; `null` stands for a column of ones. */
  readonly left: Floats | null
}

export interface GroupedEntries {
  /** The rows of the table that have entries, ascending. */
  readonly rows: Int32Array
  /** The entries of `rows[t]` are `starts[t]` … `starts[t + 1] - 1`. */
  readonly starts: Int32Array
  readonly coefficients: Floats
  /** Which row of the left matrices an entry goes with, counted on from one contribution to the next. */
  readonly leftRows: Int32Array
}

export function groupEntries(parts: readonly Contribution[], rowCount: number, space: Space): GroupedEntries {
  const counts = space.batchIntegers(rowCount)
  let entries = 0
  for (const { pattern, firstRow } of parts) {
    const { columns } = pattern
    for (let entry = 0; entry < columns.length; entry++) counts[firstRow + columns[entry]]++
    entries += columns.length
  }
  const rows = space.batchIntegers(Math.min(entries, rowCount))
  const starts = space.batchIntegers(rows.length + 1)
  const used = startsOf(counts, rows, starts)
  const grouped = {
    rows: rows.subarray(0, used),
    starts: starts.subarray(0, used + 1),
    coefficients: space.batchFloats(entries),
    leftRows: space.batchIntegers(entries),
  }
  place(parts, counts, grouped)
  return grouped
}

/** Counts become the places where rows begin. Hands back how many rows have entries. */
function startsOf(counts: Int32Array, rows: Int32Array, starts: Int32Array): number {
  let used = 0
  let start = 0
  for (let row = 0; row < counts.length; row++) {
    const count = counts[row]
    if (count === 0) continue
    counts[row] = start
    rows[used] = row
    start += count
    starts[++used] = start
  }
  return used
}

function place(parts: readonly Contribution[], next: Int32Array, { coefficients, leftRows }: GroupedEntries): void {
  let leftRow = 0
  for (const { pattern, firstRow, coefficients: from } of parts) {
    const { rowCount, pointers, columns } = pattern
    for (let row = 0; row < rowCount; row++, leftRow++) {
      for (let entry = pointers[row]; entry < pointers[row + 1]; entry++) {
        const at = next[firstRow + columns[entry]]++
        coefficients[at] = from[entry]
        leftRows[at] = leftRow
      }
    }
  }
}
