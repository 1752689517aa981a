/**
 * Many small least-squares problems that share a table (see small-solves.ts): for each row r of a sparse C,
 * (base + Σ c·v·vᵀ + λ·I)·x = Σ c·v over the rows v of `given` that r names, λ = ridge·(Σ c + rest).
 *
 * A, its factor U (A = Uᵀ·U, upper triangle, row-major) and the rows √c·v lie in this thread's workspace, `width` =
 * factors rounded up to eight floats a row, the rest of the diagonal 1. Building A and eliminating from it are the same
 * loop: a 4 × 8 tile of registers over rows that lie one after the other.
 */
import { lanesSum, multiplyAdd } from './vector'
import { workspace } from './workspace'

/** Rows of `given` gathered for one pass over A. */
const gathered: i32 = 128

/** What it needs of `workspace`. */
export function solveRowsWorkspaceBytes(factors: i32): f64 {
  const width = <f64>((factors + 7) & ~7)
  return 4 * width * (width + <f64>gathered + 2)
}

/** Rows [from, to); sets `failed` to 1 where one has no solution. */
export function solveRows(
  pointers: usize, columns: usize, values: usize, given: usize, factors: i32, base: usize, ridge: f64, rest: f64,
  sought: usize, failed: usize, from: i32, to: i32,
): void {
  const width = (factors + 7) & ~7
  const rowBytes = <usize>width << 2
  const matrix = workspace
  const rows = matrix + <usize>width * rowBytes
  const vector = rows + <usize>gathered * rowBytes
  const inverses = vector + rowBytes
  for (let row = from; row < to; row++) {
    const start = load<i32>(pointers + (<usize>row << 2))
    const end = load<i32>(pointers + (<usize>row << 2), 4)
    const target = sought + (<usize>row * <usize>factors << 2)
    memory.fill(target, 0, <usize>factors << 2)
    if (start == end) continue
    copyBase(base, factors, matrix, width)
    memory.fill(vector, 0, rowBytes)
    let total = rest
    for (let at = start; at < end; at += gathered) {
      const many = min(gathered, end - at)
      for (let entry = 0; entry < many; entry++) {
        const value = load<f32>(values + (<usize>(at + entry) << 2))
        const source = given + (<usize>load<i32>(columns + (<usize>(at + entry) << 2)) * <usize>factors << 2)
        gather(source, sqrt<f32>(value), factors, rows + <usize>entry * rowBytes, vector, rowBytes)
        total += <f64>value
      }
      for (let line = 0; line < width; line += 4) addProducts(matrix, rowBytes, rows, many, line, false)
    }
    for (let at = 0; at < factors; at++) {
      const cell = matrix + <usize>at * rowBytes + (<usize>at << 2)
      store<f32>(cell, <f32>(<f64>load<f32>(cell) + ridge * total))
    }
    if (!factorise(matrix, width, inverses)) {
      store<i32>(failed, 1)
      continue
    }
    substitute(matrix, width, inverses, vector)
    memory.copy(target, vector, <usize>factors << 2)
  }
}

function copyBase(base: usize, factors: i32, matrix: usize, width: i32): void {
  const rowBytes = <usize>width << 2
  const used = <usize>factors << 2
  for (let row = 0; row < factors; row++) {
    memory.copy(matrix + <usize>row * rowBytes, base + <usize>row * used, used)
    memory.fill(matrix + <usize>row * rowBytes + used, 0, rowBytes - used)
  }
  for (let row = factors; row < width; row++) {
    memory.fill(matrix + <usize>row * rowBytes, 0, rowBytes)
    store<f32>(matrix + <usize>row * rowBytes + (<usize>row << 2), 1)
  }
}

/** row = root·source and vector += root·row, zeros behind. */
function gather(source: usize, root: f32, factors: i32, row: usize, vector: usize, rowBytes: usize): void {
  const by = f32x4.splat(root)
  const used = <usize>factors << 2
  let at: usize = 0
  for (; at + 16 <= used; at += 16) {
    const scaled = f32x4.mul(by, v128.load(source + at))
    v128.store(row + at, scaled)
    v128.store(vector + at, multiplyAdd(by, scaled, v128.load(vector + at)))
  }
  for (; at < used; at += 4) {
    const scaled = root * load<f32>(source + at)
    store<f32>(row + at, scaled)
    store<f32>(vector + at, load<f32>(vector + at) + root * scaled)
  }
  memory.fill(row + used, 0, rowBytes - used)
}

/** Rows [line, line + 4) of `matrix` ± Σ_p rows[p][line + r]·rows[p], from the tile of the diagonal on. */
function addProducts(matrix: usize, rowBytes: usize, rows: usize, count: i32, line: i32, subtract: bool): void {
  const own = <usize>line << 2
  const end = rows + <usize>count * rowBytes
  for (let at = own & ~31; at < rowBytes; at += 32) {
    let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00
    for (let row = rows; row < end; row += rowBytes) {
      const b0 = v128.load(row + at)
      const b1 = v128.load(row + at, 16)
      const a0 = v128.load32_splat(row + own)
      c00 = multiplyAdd(a0, b0, c00)
      c01 = multiplyAdd(a0, b1, c01)
      const a1 = v128.load32_splat(row + own, 4)
      c10 = multiplyAdd(a1, b0, c10)
      c11 = multiplyAdd(a1, b1, c11)
      const a2 = v128.load32_splat(row + own, 8)
      c20 = multiplyAdd(a2, b0, c20)
      c21 = multiplyAdd(a2, b1, c21)
      const a3 = v128.load32_splat(row + own, 12)
      c30 = multiplyAdd(a3, b0, c30)
      c31 = multiplyAdd(a3, b1, c31)
    }
    const target = matrix + <usize>line * rowBytes + at
    addTo(target, c00, c01, subtract)
    addTo(target + rowBytes, c10, c11, subtract)
    addTo(target + 2 * rowBytes, c20, c21, subtract)
    addTo(target + 3 * rowBytes, c30, c31, subtract)
  }
}

// @ts-ignore: decorator
@inline
function addTo(target: usize, left: v128, right: v128, subtract: bool): void {
  if (subtract) {
    v128.store(target, f32x4.sub(v128.load(target), left))
    v128.store(target, f32x4.sub(v128.load(target, 16), right), 16)
  } else {
    v128.store(target, f32x4.add(v128.load(target), left))
    v128.store(target, f32x4.add(v128.load(target, 16), right), 16)
  }
}

/** A becomes U, four rows at a time; what lies left of the diagonal is spoilt. `inverses` holds 1 / U_pp. */
function factorise(matrix: usize, width: i32, inverses: usize): bool {
  const rowBytes = <usize>width << 2
  for (let line = 0; line < width; line += 4) {
    if (line > 0) addProducts(matrix, rowBytes, matrix, line, line, true)
    for (let row = line; row < line + 4; row++) {
      const own = matrix + <usize>row * rowBytes
      for (let other = line; other < row; other++) {
        const above = matrix + <usize>other * rowBytes
        const factor = f32x4.splat(-load<f32>(above + (<usize>row << 2)))
        for (let at = <usize>line << 2; at < rowBytes; at += 16) {
          v128.store(own + at, multiplyAdd(factor, v128.load(above + at), v128.load(own + at)))
        }
      }
      const pivot = load<f32>(own + (<usize>row << 2))
      if (!(pivot > 0 && pivot < Infinity)) return false
      const inverse: f32 = 1 / sqrt<f32>(pivot)
      store<f32>(inverses + (<usize>row << 2), inverse)
      const by = f32x4.splat(inverse)
      for (let at = <usize>line << 2; at < rowBytes; at += 16) v128.store(own + at, f32x4.mul(by, v128.load(own + at)))
    }
  }
  return true
}

/** vector turns from b into x: Uᵀ·y = b, then U·x = y. */
function substitute(matrix: usize, width: i32, inverses: usize, vector: usize): void {
  const rowBytes = <usize>width << 2
  for (let row = 0; row < width; row++) {
    const own = matrix + <usize>row * rowBytes
    const place = <usize>row << 2
    const value = load<f32>(vector + place) * load<f32>(inverses + place)
    store<f32>(vector + place, value)
    let at = place + 4
    for (; at & 15; at += 4) store<f32>(vector + at, load<f32>(vector + at) - value * load<f32>(own + at))
    const by = f32x4.splat(-value)
    for (; at < rowBytes; at += 16) v128.store(vector + at, multiplyAdd(by, v128.load(own + at), v128.load(vector + at)))
  }
  for (let row = width - 1; row >= 0; row--) {
    const own = matrix + <usize>row * rowBytes
    const place = <usize>row << 2
    let sum = load<f32>(vector + place)
    let at = place + 4
    for (; at & 15; at += 4) sum -= load<f32>(vector + at) * load<f32>(own + at)
    let sums = f32x4.splat(0)
    for (; at < rowBytes; at += 16) sums = multiplyAdd(v128.load(own + at), v128.load(vector + at), sums)
    store<f32>(vector + place, (sum - lanesSum(sums)) * load<f32>(inverses + place))
  }
}
