/**
 * Sorts the entries of a minibatch by the item they belong to, so that each item's row is visited once and by one thread.
 *
 * The gradient of a table with a row an item is Σ Sᵀ·L over what was added to it: a sparse batch S, a dense one L. A
 * counting sort, O(entries + rows of the table). The order of entries within a row is that in which they were added, so
 * that sums do not depend on threads.
 */
import { type Wasm, wasmBackend } from './backend.ts'
import type { Space } from './space.ts'
import type { SparsePattern } from './sparse-rows-pattern.ts'
import { type Floats, isSingle } from './vector.ts'

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
  const entries = parts.reduce((sum, { pattern }) => sum + pattern.columns.length, 0)
  const coefficients = space.batchFloats(entries, true)
  const all: Grouping = {
    counts: space.batchIntegers(rowCount),
    rows: space.batchIntegers(Math.min(entries, rowCount)),
    starts: space.batchIntegers(Math.min(entries, rowCount) + 1),
    leftRows: space.batchIntegers(entries, true),
  }
  const wasm = entries < worthwhile ? null : wasmBackend()
  const fast = wasm !== null && isSingle(coefficients) && parts.every((part) => isSingle(part.coefficients))
  const used = fast ? group(wasm, parts, all, coefficients) : plainGroup(parts, all, coefficients)
  const { rows, starts, leftRows } = all
  return { rows: rows.subarray(0, used), starts: starts.subarray(0, used + 1), leftRows, coefficients }
}

/** Below this many entries the way to the fast kernels costs more than it saves. */
const worthwhile = 500

interface Grouping {
  /** Zeros at first; then where the next entry of a row goes. */
  readonly counts: Int32Array
  readonly rows: Int32Array
  readonly starts: Int32Array
  readonly leftRows: Int32Array
}

/** Hands back how many rows have entries. */
function group(wasm: Wasm, parts: readonly Contribution[], all: Grouping, coefficients: Float32Array): number {
  let used = 0
  wasm.lend(
    [],
    [all.counts, all.rows, all.starts, all.leftRows, coefficients],
    (counts, rows, starts, lefts, values) => {
      for (const { pattern, firstRow } of parts) {
        wasm.lend([pattern.columns], [], (columns) =>
          wasm.call('countEntries', columns, pattern.columns.length, firstRow, counts),
        )
      }
      used = wasm.call('startEntries', counts, all.counts.length, rows, starts)
      let leftRow = 0
      for (const { pattern, firstRow, coefficients: from } of parts) {
        wasm.lend([pattern.pointers, pattern.columns, from as Float32Array], [], (pointers, columns, by) =>
          wasm.call('placeEntries', pointers, pattern.rowCount, columns, by, firstRow, leftRow, counts, values, lefts),
        )
        leftRow += pattern.rowCount
      }
    },
  )
  return used
}

function plainGroup(
  parts: readonly Contribution[],
  { counts, rows, starts, leftRows }: Grouping,
  sorted: Floats,
): number {
  for (const { pattern, firstRow } of parts) for (const column of pattern.columns) counts[firstRow + column]++
  let used = 0
  for (let row = 0; row < counts.length; row++) {
    const count = counts[row]
    if (count === 0) continue
    counts[row] = starts[used]
    rows[used] = row
    starts[used + 1] = starts[used] + count
    used++
  }
  let leftRow = 0
  for (const { pattern, firstRow, coefficients } of parts) {
    const { rowCount, pointers, columns } = pattern
    for (let row = 0; row < rowCount; row++, leftRow++) {
      for (let entry = pointers[row]; entry < pointers[row + 1]; entry++) {
        const at = counts[firstRow + columns[entry]]++
        sorted[at] = coefficients[entry]
        leftRows[at] = leftRow
      }
    }
  }
  return used
}
