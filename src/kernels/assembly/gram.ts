/**
 * XᵀX of a sparse X, lower triangle first, then the other.
 *
 * Row j of the product adds up, over the entries of column j of X, what stands before it in its row of X. The host
 * lists those entries by column: `entries` (places in `columns` and `values`) and `begins` (where the row of each
 * begins), `starts` telling the columns apart.
 */
import { workspace } from './workspace'

/** Rows [first + from, first + to) up to the diagonal; `values` 0 stands for ones, which are counted. */
export function gramRows(
  starts: usize, entries: usize, begins: usize, columns: usize, values: usize, size: i32, product: usize, first: i32,
  from: i32, to: i32,
): void {
  for (let row = first + from; row < first + to; row++) {
    const target = product + (<usize>row * <usize>size << 2)
    const start = load<i32>(starts + (<usize>row << 2))
    const end = load<i32>(starts + (<usize>row << 2), 4)
    if (values) weigh(start, end, entries, begins, columns, values, row, target)
    else count(start, end, entries, begins, columns, row, target)
  }
}

/** Whole numbers stay exact in float32 up to 2²⁴ rows. */
function count(start: i32, end: i32, entries: usize, begins: usize, columns: usize, row: i32, target: usize): void {
  memory.fill(target, 0, <usize>(row + 1) << 2)
  for (let at = start; at < end; at++) {
    const last = columns + (<usize>load<i32>(entries + (<usize>at << 2)) << 2)
    for (let other = columns + (<usize>load<i32>(begins + (<usize>at << 2)) << 2); other <= last; other += 4) {
      const cell = target + (<usize>load<i32>(other) << 2)
      store<f32>(cell, load<f32>(cell) + 1)
    }
  }
}

/** Sums of products, in float64 until they are stored. */
function weigh(
  start: i32, end: i32, entries: usize, begins: usize, columns: usize, values: usize, row: i32, target: usize,
): void {
  const sums = workspace
  memory.fill(sums, 0, <usize>(row + 1) << 3)
  for (let at = start; at < end; at++) {
    const last = load<i32>(entries + (<usize>at << 2))
    const value = <f64>load<f32>(values + (<usize>last << 2))
    for (let other = load<i32>(begins + (<usize>at << 2)); other <= last; other++) {
      const cell = sums + (<usize>load<i32>(columns + (<usize>other << 2)) << 3)
      store<f64>(cell, load<f64>(cell) + value * <f64>load<f32>(values + (<usize>other << 2)))
    }
  }
  for (let column = 0; column <= row; column++) {
    store<f32>(target + (<usize>column << 2), <f32>load<f64>(sums + (<usize>column << 3)))
  }
}

/** Side of the squares in which a triangle is copied, so that neither side thrashes the cache. */
const side: i32 = 32

/** Both triangles become `scale` times the lower one; squares of rows [first + from, first + to) · 32. */
export function mirrorLower(matrix: usize, size: i32, scale: f32, first: i32, from: i32, to: i32): void {
  for (let row0 = (first + from) * side; row0 < (first + to) * side; row0 += side) {
    const rowEnd = min(size, row0 + side)
    for (let column0 = 0; column0 <= row0; column0 += side) {
      for (let row = row0; row < rowEnd; row++) {
        const columnEnd = min(row + 1, column0 + side)
        for (let column = column0; column < columnEnd; column++) {
          const cell = matrix + (<usize>row * <usize>size + <usize>column << 2)
          const value = scale * load<f32>(cell)
          store<f32>(cell, value)
          store<f32>(matrix + (<usize>column * <usize>size + <usize>row << 2), value)
        }
      }
    }
  }
}
