/**
 * One step of the blocked symmetric sweep on the lower triangle of a size × size matrix A (see symmetric-inverse.ts).
 *
 * K is a block of `count` ≤ 128 rows from `start`, D = (A_KK)⁻¹, B = A_·K with zeros in the rows of K:
 * `sweepPivot` D, and A_KK ← −D; `sweepPanel` packs B and leaves T = B·D in `panel`; `sweepUpdate` A −= T·Bᵀ, A_·K ← T.
 */
import { columnsB, multiply, packA, packB, rowsA, tile, transposeFour } from './gemm'
import { workspace } from './workspace'

/** Gauss–Jordan in float64. 0 where the block is not positive definite, or holds a NaN. */
export function sweepPivot(matrix: usize, size: i32, start: i32, count: i32, inverse: usize): i32 {
  const rowBytes = <usize>((count + 1) & ~1) << 3
  const block = workspace
  memory.fill(block, 0, rowBytes * <usize>count)
  for (let row = 0; row < count; row++) {
    for (let column = 0; column <= row; column++) {
      const value = <f64>load<f32>(cellOf(matrix, size, start + row, start + column))
      store<f64>(block + <usize>row * rowBytes + (<usize>column << 3), value)
      store<f64>(block + <usize>column * rowBytes + (<usize>row << 3), value)
    }
  }
  for (let pivot = 0; pivot < count; pivot++) if (!eliminate(block, rowBytes, count, pivot)) return 0
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < count; column++) {
      // The lower triangle for both, so that D is symmetric to the last bit.
      const value = <f32>load<f64>(block + <usize>max(row, column) * rowBytes + (<usize>min(row, column) << 3))
      store<f32>(inverse + (<usize>(row * count + column) << 2), value)
      if (column <= row) store<f32>(cellOf(matrix, size, start + row, start + column), -value)
    }
  }
  return 1
}

function eliminate(block: usize, rowBytes: usize, count: i32, pivot: i32): bool {
  const own = block + <usize>pivot * rowBytes
  const place = <usize>pivot << 3
  const value = load<f64>(own + place)
  if (!(value > 0 && value < Infinity)) return false
  store<f64>(own + place, 1)
  const by = f64x2.splat(1 / value)
  for (let at: usize = 0; at < rowBytes; at += 16) v128.store(own + at, f64x2.mul(by, v128.load(own + at)))
  for (let row = 0; row < count; row++) {
    if (row == pivot) continue
    const other = block + <usize>row * rowBytes
    const factor = f64x2.splat(load<f64>(other + place))
    store<f64>(other + place, 0)
    for (let at: usize = 0; at < rowBytes; at += 16) {
      v128.store(other + at, f64x2.sub(v128.load(other + at), f64x2.mul(factor, v128.load(own + at))))
    }
  }
  return true
}

/** Rows [8·from, 8·to) of B, packed into strips of eight for `sweepUpdate`, and of T. */
export function sweepPanel(
  matrix: usize, size: i32, start: i32, count: i32, inverse: usize, panel: usize, packed: usize, from: i32, to: i32,
): void {
  const first = from * columnsB
  const end = min(size, to * columnsB)
  const above = min(end, start)
  if (first < above) columnsAbove(matrix, size, start, count, panel, first, above)
  for (let row = max(first, start); row < end; row++) {
    const target = panel + (<usize>row * <usize>count << 2)
    if (row < start + count) memory.fill(target, 0, <usize>count << 2)
    else memory.copy(target, cellOf(matrix, size, row, start), <usize>count << 2)
  }
  const rows = panel + (<usize>first * <usize>count << 2)
  packB(packed + (<usize>first * <usize>count << 2), rows, 1, count, count, end - first)
  // In place: `multiply` packs the rows of A before it writes them, `count` being below its depth.
  multiply(end - first, count, count, 1, rows, count, 1, inverse, count, 1, rows, count, 0)
}

/** Rows [first, end) of the panel from the rows of K, to the left of the diagonal block. */
function columnsAbove(matrix: usize, size: i32, start: i32, count: i32, panel: usize, first: i32, end: i32): void {
  const target = panel + (<usize>first * <usize>count << 2)
  const stride = <usize>size << 2
  let step = 0
  for (; step + 4 <= count; step += 4) {
    const source = cellOf(matrix, size, start + step, first)
    transposeFour(target + (<usize>step << 2), source, stride, end - first, <usize>count << 2)
  }
  for (; step < count; step++) {
    for (let row = first; row < end; row++) {
      const value = load<f32>(cellOf(matrix, size, start + step, row))
      store<f32>(target + (<usize>(row - first) * <usize>count + <usize>step << 2), value)
    }
  }
}

/** Rows a piece; `start` is a multiple of it. */
const height: i32 = 64

/** Pieces [first + from, first + to), the longest first: rows of 64, up to the diagonal and a little beyond. */
export function sweepUpdate(
  matrix: usize, size: i32, start: i32, count: i32, panel: usize, packed: usize, first: i32, from: i32, to: i32,
): void {
  const pieces = (size + height - 1) / height
  for (let piece = first + from; piece < first + to; piece++) {
    const row = (pieces - 1 - piece) * height
    const rows = min(height, size - row)
    if (row >= start && row < start + count) continue
    const mine = panel + (<usize>row * <usize>count << 2)
    updateRows(matrix, size, start, count, mine, packed, row, rows)
    if (row < start) writeAbove(matrix, size, start, count, mine, row, rows)
    else {
      for (let at = 0; at < rows; at++) {
        memory.copy(cellOf(matrix, size, row + at, start), mine + (<usize>(at * count) << 2), <usize>count << 2)
      }
    }
  }
}

function updateRows(
  matrix: usize, size: i32, start: i32, count: i32, mine: usize, packed: usize, row: i32, rows: i32,
): void {
  const left = workspace + 128
  packA(left, mine, count, 1, rows, count)
  const columns = row + rows
  for (let column = 0; column < columns; column += columnsB) {
    // Nothing but zeros there.
    if (column >= start && column + columnsB <= start + count) continue
    const strip = packed + (<usize>column * <usize>count << 2)
    const width = min(columnsB, columns - column)
    for (let down = 0; down < rows; down += rowsA) {
      const target = cellOf(matrix, size, row + down, column)
      const strips = left + <usize>(down * count << 2)
      tile(count, strips, strip, target, <usize>size << 2, -1, 1, min(rowsA, rows - down), width)
    }
  }
}

function writeAbove(matrix: usize, size: i32, start: i32, count: i32, mine: usize, row: i32, rows: i32): void {
  // A piece before K is whole: K begins at a multiple of 64.
  for (let at = 0; at < rows; at += 4) {
    const source = mine + (<usize>(at * count) << 2)
    transposeFour(cellOf(matrix, size, start, row + at), source, <usize>count << 2, count, <usize>size << 2)
  }
}

// @ts-ignore: decorator
@inline
function cellOf(matrix: usize, size: i32, row: i32, column: i32): usize {
  return matrix + (<usize>row * <usize>size + <usize>column << 2)
}
