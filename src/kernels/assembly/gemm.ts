/**
 * C = scale·A·B or C += scale·A·B: A is m × k, B k × n, C m × n with rows `strideC` apart.
 *
 * Element (i, p) of A lies at a + 4·(i·rowA + p·stepA), element (p, j) of B at b + 4·(p·stepB + j·columnB), which covers
 * every transpose. Both sides are packed into strips (4 rows of A, 8 columns of B) that a 4 × 8 tile of registers reads
 * in order (Goto and van de Geijn 2008). Larger tiles spill: V8 has 16 vector registers. The sum over p runs in blocks
 * of `depth`, in the same order for each element however m and n are cut, so threads do not change a bit.
 */
import { multiplyAdd } from './vector'
import { workspace } from './workspace'

export const rowsA: i32 = 4
export const columnsB: i32 = 8
const depth: i32 = 256
const height: i32 = 192
const width: i32 = 2048

/** What it needs of `workspace`: a spill tile, packed A, packed B. */
export function gemmWorkspaceBytes(): i32 {
  return 128 + height * depth * 4 + width * depth * 4
}

/** Rows [from, to) of C. */
export function gemmRows(
  m: i32, n: i32, k: i32, scale: f32,
  a: usize, rowA: i32, stepA: i32, b: usize, stepB: i32, columnB: i32,
  c: usize, strideC: i32, accumulate: i32, from: i32, to: i32,
): void {
  const skippedA = <usize>from * <usize>rowA << 2
  const skippedC = <usize>from * <usize>strideC << 2
  multiply(to - from, n, k, scale, a + skippedA, rowA, stepA, b, stepB, columnB, c + skippedC, strideC, accumulate)
}

/** Columns [from, to) of C. */
export function gemmColumns(
  m: i32, n: i32, k: i32, scale: f32,
  a: usize, rowA: i32, stepA: i32, b: usize, stepB: i32, columnB: i32,
  c: usize, strideC: i32, accumulate: i32, from: i32, to: i32,
): void {
  const skippedB = <usize>from * <usize>columnB << 2
  multiply(m, to - from, k, scale, a, rowA, stepA, b + skippedB, stepB, columnB, c + (<usize>from << 2), strideC, accumulate)
}

export function multiply(
  m: i32, n: i32, k: i32, scale: f32,
  a: usize, rowA: i32, stepA: i32, b: usize, stepB: i32, columnB: i32,
  c: usize, strideC: i32, accumulate: i32,
): void {
  const packedA = workspace + 128
  const packedB = packedA + <usize>(height * depth << 2)
  for (let column = 0; column < n; column += width) {
    const columns = min(width, n - column)
    for (let step = 0; step < k; step += depth) {
      const steps = min(depth, k - step)
      const add = accumulate | <i32>(step > 0)
      packB(packedB, b + (<usize>step * <usize>stepB + <usize>column * <usize>columnB << 2), stepB, columnB, steps, columns)
      for (let row = 0; row < m; row += height) {
        const rows = min(height, m - row)
        packA(packedA, a + (<usize>row * <usize>rowA + <usize>step * <usize>stepA << 2), rowA, stepA, rows, steps)
        for (let right = 0; right < columns; right += columnsB) {
          const stripB = packedB + <usize>(right * steps << 2)
          for (let down = 0; down < rows; down += rowsA) {
            const at = c + (<usize>(row + down) * <usize>strideC + <usize>(column + right) << 2)
            tile(steps, packedA + <usize>(down * steps << 2), stripB, at, <usize>strideC << 2, scale, add, min(rowsA, rows - down), min(columnsB, columns - right))
          }
        }
      }
    }
  }
}

/** Strips of 4 rows, step by step; missing rows become zeros. */
export function packA(to: usize, from: usize, rowStride: i32, stepStride: i32, rows: i32, steps: i32): void {
  for (let row = 0; row < rows; row += rowsA) {
    const strip = from + (<usize>row * <usize>rowStride << 2)
    const here = min(rowsA, rows - row)
    if (here == rowsA && stepStride == 1) {
      to = transposeFour(to, strip, <usize>rowStride << 2, steps, 16)
    } else if (here == rowsA && rowStride == 1) {
      let source = strip
      for (let step = 0; step < steps; step++) {
        v128.store(to, v128.load(source))
        source += <usize>stepStride << 2
        to += 16
      }
    } else {
      to = packSlowly(to, strip, rowStride, stepStride, here, rowsA, steps)
    }
  }
}

/** Strips of 8 columns, step by step; missing columns become zeros. */
export function packB(to: usize, from: usize, stepStride: i32, columnStride: i32, steps: i32, columns: i32): void {
  for (let column = 0; column < columns; column += columnsB) {
    const strip = from + (<usize>column * <usize>columnStride << 2)
    const here = min(columnsB, columns - column)
    if (here == columnsB && columnStride == 1) {
      let source = strip
      for (let step = 0; step < steps; step++) {
        v128.store(to, v128.load(source))
        v128.store(to, v128.load(source, 16), 16)
        source += <usize>stepStride << 2
        to += 32
      }
    } else if (here == columnsB && stepStride == 1) {
      const stride = <usize>columnStride << 2
      transposeFour(to, strip, stride, steps, 32)
      transposeFour(to + 16, strip + 4 * stride, stride, steps, 32)
      to += <usize>steps * 32
    } else {
      to = packSlowly(to, strip, columnStride, stepStride, here, columnsB, steps)
    }
  }
}

/** Four vectors that lie one after the other come to lie side by side, `targetStride` bytes from step to step. */
export function transposeFour(to: usize, from: usize, stride: usize, steps: i32, targetStride: usize): usize {
  let p0 = from
  let p1 = from + stride
  let p2 = p1 + stride
  let p3 = p2 + stride
  let step = 0
  for (; step + 4 <= steps; step += 4) {
    const a = v128.load(p0)
    const b = v128.load(p1)
    const c = v128.load(p2)
    const d = v128.load(p3)
    const ab0 = v128.shuffle<i32>(a, b, 0, 4, 1, 5)
    const ab1 = v128.shuffle<i32>(a, b, 2, 6, 3, 7)
    const cd0 = v128.shuffle<i32>(c, d, 0, 4, 1, 5)
    const cd1 = v128.shuffle<i32>(c, d, 2, 6, 3, 7)
    v128.store(to, v128.shuffle<i64>(ab0, cd0, 0, 2))
    v128.store(to + targetStride, v128.shuffle<i64>(ab0, cd0, 1, 3))
    v128.store(to + 2 * targetStride, v128.shuffle<i64>(ab1, cd1, 0, 2))
    v128.store(to + 3 * targetStride, v128.shuffle<i64>(ab1, cd1, 1, 3))
    to += 4 * targetStride
    p0 += 16
    p1 += 16
    p2 += 16
    p3 += 16
  }
  for (; step < steps; step++) {
    store<f32>(to, load<f32>(p0))
    store<f32>(to, load<f32>(p1), 4)
    store<f32>(to, load<f32>(p2), 8)
    store<f32>(to, load<f32>(p3), 12)
    to += targetStride
    p0 += 4
    p1 += 4
    p2 += 4
    p3 += 4
  }
  return to
}

function packSlowly(to: usize, from: usize, vectorStride: i32, stepStride: i32, here: i32, wanted: i32, steps: i32): usize {
  for (let step = 0; step < steps; step++) {
    let source = from + (<usize>step * <usize>stepStride << 2)
    for (let vector = 0; vector < wanted; vector++) {
      store<f32>(to, vector < here ? load<f32>(source) : 0)
      source += <usize>vectorStride << 2
      to += 4
    }
  }
  return to
}

/** A 4 × 8 tile of C, of which `rows` × `columns` exist. */
export function tile(
  steps: i32, stripA: usize, stripB: usize, c: usize, stride: usize, scale: f32, add: i32, rows: i32, columns: i32,
): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00
  const end = stripA + <usize>(steps << 4)
  while (stripA < end) {
    const b0 = v128.load(stripB)
    const b1 = v128.load(stripB, 16)
    const a0 = v128.load32_splat(stripA)
    c00 = multiplyAdd(a0, b0, c00)
    c01 = multiplyAdd(a0, b1, c01)
    const a1 = v128.load32_splat(stripA, 4)
    c10 = multiplyAdd(a1, b0, c10)
    c11 = multiplyAdd(a1, b1, c11)
    const a2 = v128.load32_splat(stripA, 8)
    c20 = multiplyAdd(a2, b0, c20)
    c21 = multiplyAdd(a2, b1, c21)
    const a3 = v128.load32_splat(stripA, 12)
    c30 = multiplyAdd(a3, b0, c30)
    c31 = multiplyAdd(a3, b1, c31)
    stripA += 16
    stripB += 32
  }
  const by = f32x4.splat(scale)
  const whole = rows == rowsA && columns == columnsB
  // A tile over the edge is written aside first and its existing part copied.
  let to = whole ? c : workspace
  const apart = whole ? stride : 32
  const adds: bool = whole && add != 0
  storeRow(to, f32x4.mul(by, c00), f32x4.mul(by, c01), adds)
  storeRow(to + apart, f32x4.mul(by, c10), f32x4.mul(by, c11), adds)
  storeRow(to + 2 * apart, f32x4.mul(by, c20), f32x4.mul(by, c21), adds)
  storeRow(to + 3 * apart, f32x4.mul(by, c30), f32x4.mul(by, c31), adds)
  if (whole) return
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const at = c + <usize>row * stride + <usize>(column << 2)
      const value = load<f32>(workspace + <usize>(row * columnsB + column << 2))
      store<f32>(at, add ? load<f32>(at) + value : value)
    }
  }
}

// @ts-ignore: decorator
@inline
function storeRow(to: usize, left: v128, right: v128, add: bool): void {
  if (add) {
    v128.store(to, f32x4.add(v128.load(to), left))
    v128.store(to, f32x4.add(v128.load(to, 16), right), 16)
  } else {
    v128.store(to, left)
    v128.store(to, right, 16)
  }
}
