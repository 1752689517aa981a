/** What the kernels are measured against: loops anyone can check, in float64, over whole tables. */
import { createRng } from '../base/rng.ts'
import { type Csr, csrFromTriples } from './csr.ts'

export function normals(length: number, seed: number | string): Float64Array {
  const rng = createRng(seed)
  return new Float64Array(length).map(() => Math.fround(rng.normal()))
}

export interface RandomSparse {
  readonly dense: Float64Array
  readonly matrix: Csr
}

/** Small whole numbers, so that float64 sums are exact and ties are common; `share` of the cells, the first row empty. */
export function randomSparse(rows: number, columns: number, seed: number, share = 0.3, highest = 4): RandomSparse {
  const rng = createRng(seed)
  const dense = new Float64Array(rows * columns).map(() => (rng.next() < share ? rng.int(highest) + 1 : 0))
  if (rows > 1) dense.fill(0, 0, columns)
  return { dense, matrix: sparse(dense, rows, columns) }
}

export function sparse(dense: Float64Array, rows: number, columns: number): Csr {
  const at = [...dense.keys()].filter((index) => dense[index] !== 0)
  return csrFromTriples(
    rows,
    columns,
    at.map((index) => Math.floor(index / columns)),
    at.map((index) => index % columns),
    at.map((index) => dense[index]),
  )
}

/** `a` is rows × columns. */
export function transposed(a: ArrayLike<number>, rows: number, columns: number): Float64Array {
  return new Float64Array(rows * columns).map((_, at) => a[(at % rows) * columns + Math.floor(at / rows)])
}

/** a (m × k) · b (k × n). */
export function slowProduct(m: number, n: number, k: number, a: ArrayLike<number>, b: ArrayLike<number>): Float64Array {
  const c = new Float64Array(m * n)
  for (let i = 0; i < m; i++) {
    for (let p = 0; p < k; p++) {
      for (let j = 0; j < n; j++) c[i * n + j] += a[i * k + p] * b[p * n + j]
    }
  }
  return c
}

/** x of matrix · x = right, `width` right sides at once: Gauss–Jordan elimination, one row at a time. */
export function slowSolve(matrix: ArrayLike<number>, size: number, right: ArrayLike<number>, width = 1): Float64Array {
  const left = Float64Array.from(matrix)
  const sought = Float64Array.from(right)
  for (let pivot = 0; pivot < size; pivot++) {
    const scale = 1 / left[pivot * size + pivot]
    for (let row = 0; row < size; row++) {
      const factor = left[row * size + pivot] * scale
      if (row === pivot || factor === 0) continue
      for (let at = pivot; at < size; at++) left[row * size + at] -= factor * left[pivot * size + at]
      for (let at = 0; at < width; at++) sought[row * width + at] -= factor * sought[pivot * width + at]
    }
  }
  return sought.map((value, at) => value / left[Math.floor(at / width) * (size + 1)])
}

export function identity(size: number): Float64Array {
  return new Float64Array(size * size).map((_, at) => (at % (size + 1) === 0 ? 1 : 0))
}

/** The largest difference; NaN where either holds one that the other has not. */
export function worstDifference(found: ArrayLike<number>, wanted: ArrayLike<number>): number {
  let worst = found.length === wanted.length ? 0 : NaN
  for (let at = 0; at < wanted.length; at++) {
    if (Number.isNaN(found[at]) && Number.isNaN(wanted[at])) continue
    worst = Math.max(worst, Math.abs(found[at] - wanted[at]))
  }
  return worst
}
