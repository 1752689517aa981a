/**
 * The three inner loops of everything sparse: a network reads and writes only the items a shopper met.
 *
 * S is a sparse batch (rows × items), T a table with one row of `width` numbers an item, L a dense batch
 * (rows × width). Each is O(entries × width); a sparse-input layer and a sampled-output layer are these three in two
 * orders. Where a batch meets about half of all items, whole matrices and gemm are faster (nn/embedding-bag.ts).
 * The gradient of a table in production is not added up here but where it is used (adam.ts).
 *
 * | kernel       | computes                        | input layer        | output layer       |
 * |--------------|---------------------------------|--------------------|--------------------|
 * | gatherSum    | L += S·T                        | forward            | gradient of input  |
 * | sampledDots  | S ← L·Tᵀ where S has entries    | gradient of input  | forward            |
 * | scatterOuter | T += Sᵀ·L                       | gradient of table  | gradient of table  |
 */
import { type Wasm, wasmBackend } from './backend.ts'
import { entryCount, type SparsePattern } from './sparse-rows-pattern.ts'
import { type Floats, isSingle } from './vector.ts'

/** `sums[r] += Σ values[e] · table[columns[e]]` over the entries e of row r. */
export function gatherSum(pattern: SparsePattern, values: Floats, table: Floats, width: number, sums: Floats): void {
  const wasm = fastFor(pattern, width)
  if (wasm !== null && isSingle(values) && isSingle(table) && isSingle(sums)) {
    wasm.lend([pattern.pointers, pattern.columns, values, table], [sums], (pointers, columns, by, from, to) =>
      wasm.run('gatherSum', [pointers, columns, by, from, width, to], pattern.rowCount, rowsAtATime(pattern, width)),
    )
  } else plainGatherSum(pattern, values, table, width, sums)
}

/** Below this many multiply-adds the way to the fast kernels costs more than it saves. */
const worthwhile = 4000

function fastFor(pattern: SparsePattern, width: number): Wasm | null {
  return entryCount(pattern) * width < worthwhile ? null : wasmBackend()
}

/** Pieces of about 200,000 multiply-adds, some 30 µs: waking a thread for less costs more than it saves. */
function rowsAtATime(pattern: SparsePattern, width: number): number {
  return Math.max(1, Math.ceil((pattern.rowCount * 200_000) / (entryCount(pattern) * width)))
}

function plainGatherSum(pattern: SparsePattern, values: Floats, table: Floats, width: number, sums: Floats): void {
  const { rowCount, pointers, columns } = pattern
  for (let row = 0; row < rowCount; row++) {
    const to = row * width
    for (let entry = pointers[row]; entry < pointers[row + 1]; entry++) {
      const value = values[entry]
      const from = columns[entry] * width
      for (let at = 0; at < width; at++) sums[to + at] += value * table[from + at]
    }
  }
}

/** `dots[e] = left[r] · table[columns[e]]` for every entry e of row r. */
export function sampledDots(pattern: SparsePattern, left: Floats, table: Floats, width: number, dots: Floats): void {
  const wasm = fastFor(pattern, width)
  if (wasm !== null && isSingle(left) && isSingle(table) && isSingle(dots)) {
    wasm.lend([pattern.pointers, pattern.columns, left, table], [dots], (pointers, columns, from, other, to) =>
      wasm.run(
        'sampledDots',
        [pointers, columns, from, other, width, to],
        pattern.rowCount,
        rowsAtATime(pattern, width),
      ),
    )
  } else plainSampledDots(pattern, left, table, width, dots)
}

function plainSampledDots(pattern: SparsePattern, left: Floats, table: Floats, width: number, dots: Floats): void {
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
      const to = columns[entry] * width
      for (let at = 0; at < width; at++) table[to + at] += value * left[from + at]
    }
  }
}
