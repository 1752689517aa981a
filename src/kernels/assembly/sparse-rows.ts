/**
 * The loops of everything sparse. S is a batch by rows (`pointers`, `columns`, `values`), T a table with one row of
 * `width` float32 an item, L a dense batch (rows × width). Each call does rows [from, to).
 */
import { lanesSum, multiplyAdd, rowProducts } from './vector'

/** sums[r] += Σ values[e]·table[columns[e]]; `values` 0 stands for ones. */
export function gatherSum(
  pointers: usize, columns: usize, values: usize, table: usize, width: i32, sums: usize, from: i32, to: i32,
): void {
  const rowBytes = <usize>width << 2
  for (let row = from; row < to; row++) {
    const first = load<i32>(pointers + (<usize>row << 2))
    const end = load<i32>(pointers + (<usize>row << 2), 4)
    addRows(first, end, columns, values, table, rowBytes, sums + <usize>row * rowBytes)
  }
}

/** target += Σ over entries [first, end) of values[e]·table[columns[e]]; 16 columns at a time stay in registers. */
export function addRows(
  first: i32, end: i32, columns: usize, values: usize, table: usize, rowBytes: usize, target: usize,
): void {
  let at: usize = 0
  for (; at + 64 <= rowBytes; at += 64) {
    const to = target + at
    let s0 = v128.load(to)
    let s1 = v128.load(to, 16)
    let s2 = v128.load(to, 32)
    let s3 = v128.load(to, 48)
    for (let entry = first; entry < end; entry++) {
      const row = table + <usize>load<i32>(columns + (<usize>entry << 2)) * rowBytes + at
      const by = values ? v128.load32_splat(values + (<usize>entry << 2)) : f32x4.splat(1)
      s0 = multiplyAdd(by, v128.load(row), s0)
      s1 = multiplyAdd(by, v128.load(row, 16), s1)
      s2 = multiplyAdd(by, v128.load(row, 32), s2)
      s3 = multiplyAdd(by, v128.load(row, 48), s3)
    }
    v128.store(to, s0)
    v128.store(to, s1, 16)
    v128.store(to, s2, 32)
    v128.store(to, s3, 48)
  }
  for (; at + 16 <= rowBytes; at += 16) {
    let sum = v128.load(target + at)
    for (let entry = first; entry < end; entry++) {
      const row = table + <usize>load<i32>(columns + (<usize>entry << 2)) * rowBytes + at
      const by = values ? v128.load32_splat(values + (<usize>entry << 2)) : f32x4.splat(1)
      sum = multiplyAdd(by, v128.load(row), sum)
    }
    v128.store(target + at, sum)
  }
  for (; at < rowBytes; at += 4) {
    let sum = load<f32>(target + at)
    for (let entry = first; entry < end; entry++) {
      const row = table + <usize>load<i32>(columns + (<usize>entry << 2)) * rowBytes + at
      sum += (values ? load<f32>(values + (<usize>entry << 2)) : 1) * load<f32>(row)
    }
    store<f32>(target + at, sum)
  }
}

/** dots[e] = left[r]·table[columns[e]] for every entry e of row r. */
export function sampledDots(
  pointers: usize, columns: usize, left: usize, table: usize, width: i32, dots: usize, from: i32, to: i32,
): void {
  const rowBytes = <usize>width << 2
  for (let row = from; row < to; row++) {
    const end = load<i32>(pointers + (<usize>row << 2), 4)
    const mine = left + <usize>row * rowBytes
    for (let entry = load<i32>(pointers + (<usize>row << 2)); entry < end; entry++) {
      const other = table + <usize>load<i32>(columns + (<usize>entry << 2)) * rowBytes
      store<f32>(dots + (<usize>entry << 2), rowDot(mine, other, rowBytes))
    }
  }
}

// @ts-ignore: decorator
@inline
function rowDot(left: usize, right: usize, rowBytes: usize): f32 {
  let at = rowBytes & ~15
  let sum = lanesSum(rowProducts(right, left, at))
  for (; at < rowBytes; at += 4) sum += load<f32>(left + at) * load<f32>(right + at)
  return sum
}
