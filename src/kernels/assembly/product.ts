/**
 * Rows of a sparse product, of which the strongest `keep` entries stay (see sparse-product.ts).
 *
 * In this thread's workspace: a float64 sum for every column, the list of the columns met, a heap of the best so far
 * with the worst at its root, and a bit a column to put the kept ones in order. A sum of −0 stands for "not met": no sum
 * that was added to can be −0, since each addend has +0 added first.
 */
import { workspace } from './workspace'

const unmet: i64 = i64.MIN_VALUE

/** What it needs of `workspace`. */
export function sparseProductWorkspaceBytes(columnCount: i32, keep: i32): f64 {
  return 12.125 * <f64>columnCount + 12 * <f64>keep + 256
}

/** Row first + r, r in [from, to), goes to `counts[r]` and, from r·keep on, to `keptColumns` and `keptValues`. */
export function sparseProductRows(
  leftPointers: usize, leftColumns: usize, leftValues: usize,
  rightPointers: usize, rightColumns: usize, rightValues: usize,
  columnCount: i32, rowNorms: usize, columnNorms: usize, shrinkage: f64, keep: i32, skipDiagonal: i32,
  counts: usize, keptColumns: usize, keptValues: usize, first: i32, from: i32, to: i32,
): void {
  const sums = workspace
  const met = sums + (<usize>columnCount << 3)
  const words = (columnCount + 63) >>> 6
  const marks = met + (<usize>(columnCount + 1) << 2)
  const heap = marks + (<usize>words << 3)
  for (let column = 0; column < columnCount; column++) store<i64>(sums + (<usize>column << 3), unmet)
  memory.fill(marks, 0, <usize>words << 3)
  for (let row = from; row < to; row++) {
    const index = first + row
    const many = addRows(
      load<i32>(leftPointers + (<usize>index << 2)), load<i32>(leftPointers + (<usize>index << 2), 4),
      leftColumns, leftValues, rightPointers, rightColumns, rightValues, sums, met,
    )
    const norm = load<f64>(rowNorms + (<usize>index << 3))
    const best = choose(many, met, sums, norm, columnNorms, shrinkage, keep, skipDiagonal ? index : -1, heap)
    mark(best, heap, keep, sums, marks)
    const place = <usize>row * <usize>keep << 2
    if (best > 0) writeInOrder(words, marks, sums, keptColumns + place, keptValues + place)
    store<i32>(counts + (<usize>row << 2), best)
  }
}

/** sums += Σ left·right over the left entries [start, end); lists the columns met and returns how many. */
function addRows(
  start: i32, end: i32, leftColumns: usize, leftValues: usize,
  rightPointers: usize, rightColumns: usize, rightValues: usize, sums: usize, met: usize,
): i32 {
  let next = met
  for (let at = start; at < end; at++) {
    const middle = <usize>load<i32>(leftColumns + (<usize>at << 2)) << 2
    const value = <f64>load<f32>(leftValues + (<usize>at << 2))
    const last = <usize>load<i32>(rightPointers + middle, 4) << 2
    for (let other = <usize>load<i32>(rightPointers + middle) << 2; other < last; other += 4) {
      const column = load<i32>(rightColumns + other)
      const cell = sums + (<usize>column << 3)
      const sum = load<i64>(cell)
      store<i32>(next, column)
      next += <usize>(sum == unmet) << 2
      store<f64>(cell, reinterpret<f64>(sum) + (value * <f64>load<f32>(rightValues + other) + 0.0))
    }
  }
  return <i32>((next - met) >> 2)
}

/** Scales the sums, leaves every cell unmet, and puts the best into the heap. Returns how many there are. */
function choose(
  many: i32, met: usize, sums: usize, norm: f64, columnNorms: usize, shrinkage: f64, keep: i32, skipped: i32, heap: usize,
): i32 {
  let size = 0
  const indices = heap + (<usize>keep << 3)
  for (let at = 0; at < many; at++) {
    const column = load<i32>(met + (<usize>at << 2))
    const cell = sums + (<usize>column << 3)
    const value = load<f64>(cell) / (norm * load<f64>(columnNorms + (<usize>column << 3)) + shrinkage)
    store<i64>(cell, unmet)
    if (column == skipped || value != value) continue
    if (many <= keep) put(heap, indices, size++, column, value)
    else if (size < keep) rise(heap, indices, size++, column, value)
    else if (!losesTo(heap, indices, 0, column, value)) sink(heap, indices, size, column, value)
  }
  return size
}

// @ts-ignore: decorator
@inline
function put(heap: usize, indices: usize, at: i32, column: i32, value: f64): void {
  store<f64>(heap + (<usize>at << 3), value)
  store<i32>(indices + (<usize>at << 2), column)
}

/** Whether the candidate stands behind the one at `at`: lower, or equal and further right. */
// @ts-ignore: decorator
@inline
function losesTo(heap: usize, indices: usize, at: i32, column: i32, value: f64): bool {
  const other = load<f64>(heap + (<usize>at << 3))
  return value < other || (value == other && column > load<i32>(indices + (<usize>at << 2)))
}

function rise(heap: usize, indices: usize, at: i32, column: i32, value: f64): void {
  while (at > 0) {
    const parent = (at - 1) >> 1
    if (!losesTo(heap, indices, parent, column, value)) break
    put(heap, indices, at, load<i32>(indices + (<usize>parent << 2)), load<f64>(heap + (<usize>parent << 3)))
    at = parent
  }
  put(heap, indices, at, column, value)
}

/** In the place of the root, or below. */
function sink(heap: usize, indices: usize, size: i32, column: i32, value: f64): void {
  let at = 0
  for (;;) {
    let child = 2 * at + 1
    if (child >= size) break
    if (child + 1 < size) {
      const right = load<i32>(indices + (<usize>(child + 1) << 2))
      if (losesTo(heap, indices, child, right, load<f64>(heap + (<usize>(child + 1) << 3)))) child++
    }
    if (losesTo(heap, indices, child, column, value)) break
    put(heap, indices, at, load<i32>(indices + (<usize>child << 2)), load<f64>(heap + (<usize>child << 3)))
    at = child
  }
  put(heap, indices, at, column, value)
}

/** Sets the bit of every chosen column and lays its value where its sum was. */
function mark(size: i32, heap: usize, keep: i32, sums: usize, marks: usize): void {
  const indices = heap + (<usize>keep << 3)
  for (let at = 0; at < size; at++) {
    const column = load<i32>(indices + (<usize>at << 2))
    const word = marks + (<usize>(column >> 6) << 3)
    store<i64>(word, load<i64>(word) | (<i64>1 << <i64>(column & 63)))
    store<f64>(sums + (<usize>column << 3), load<f64>(heap + (<usize>at << 3)))
  }
}

/** The marked columns, ascending; leaves no mark and every cell unmet. */
function writeInOrder(words: i32, marks: usize, sums: usize, columns: usize, values: usize): void {
  for (let word = 0; word < words; word++) {
    let bits = load<i64>(marks + (<usize>word << 3))
    if (bits == 0) continue
    store<i64>(marks + (<usize>word << 3), 0)
    for (; bits != 0; bits &= bits - 1) {
      const column = (word << 6) + <i32>ctz(bits)
      const cell = sums + (<usize>column << 3)
      store<i32>(columns, column)
      store<f32>(values, <f32>load<f64>(cell))
      store<i64>(cell, unmet)
      columns += 4
      values += 4
    }
  }
}
