/**
 * Finds the few strongest directions of taste in a large sparse table: A ≈ U·diag(σ)·Vᵀ.
 *
 * Random probes of A's range, sharpened by power iterations with an orthonormal basis at every step, then the exact
 * decomposition of what is left: Y = A·Ω, Q = orth(Y), [Q ← orth(Aᵀ·Q), Q ← orth(A·Q)] × `powerIterations`,
 * Aᵀ·Q = P·R, R = U'·σ·W'ᵀ, V = P·U'.
 * Source: Halko, Martinsson, Tropp, "Finding structure with randomness", SIAM Review 2011, algorithms 4.4 and 5.1.
 * With l = rank + oversampling: (2 + 2·powerIterations)·(entries·l + (rows or columns)·2·l²) multiply-adds in float32,
 * (rows + columns)·2·l floats of memory.
 */
import type { Breathe } from '../base/breathe.ts'
import type { Rng } from '../base/rng.ts'
import { type Csr, transpose } from './csr.ts'
import { gemm } from './gemm.ts'
import { inStretches, residentCsr } from './resident.ts'
import { singularValues } from './singular-values.ts'
import { openSpace } from './space.ts'
import { gatherSum } from './sparse-rows.ts'
import type { Floats } from './vector.ts'

export interface RandomisedSvdOptions {
  readonly rank: number
  /** Probes beside the `rank` wanted. */
  readonly oversampling?: number
  readonly powerIterations?: number
  readonly rng: Rng
  readonly breathe: Breathe
  readonly progress?: (fraction: number) => void
}

export interface RandomisedSvd {
  /** As many as asked for, or as the smaller side of the table; largest first. */
  readonly singularValues: Float64Array
  /** V: columns × (number of singular values), row-major; a column of zeros where the singular value is zero. */
  readonly itemFactors: Float32Array
}

export async function randomisedSvd(matrix: Csr, options: RandomisedSvdOptions): Promise<RandomisedSvd> {
  const { oversampling = 10, powerIterations = 4, rng, breathe, progress = () => undefined } = options
  const { rowCount, columnCount } = matrix
  const rank = Math.min(options.rank, rowCount, columnCount)
  const width = Math.min(rank + oversampling, rowCount, columnCount)
  const space = openSpace()
  try {
    const forward = residentCsr(space, matrix)
    const backward = residentCsr(space, transpose(matrix))
    const [rows, spareRows] = [space.floats(rowCount * width), space.floats(rowCount * width)]
    const [items, spareItems] = [space.floats(columnCount * width), space.floats(columnCount * width)]
    for (let item = 0; item < columnCount; item++) {
      for (let at = item * width; at < (item + 1) * width; at++) items[at] = rng.normal()
      await breathe()
    }
    for (let round = 0; round <= powerIterations; round++) {
      await times(forward, items, width, rows, breathe)
      await orthonormalise(rows, rowCount, width, spareRows, breathe)
      await times(backward, rows, width, items, breathe)
      if (round < powerIterations) await orthonormalise(items, columnCount, width, spareItems, breathe)
      progress((round + 1) / (powerIterations + 1))
    }
    const triangle = await orthonormalise(items, columnCount, width, spareItems, breathe)
    const { values, left } = await singularValues(triangle, width, breathe)
    const turn = Float32Array.from(
      { length: width * rank },
      (_, at) => left[Math.floor(at / rank) * width + (at % rank)],
    )
    const itemFactors = new Float32Array(columnCount * rank)
    gemm(columnCount, rank, width, items, turn, itemFactors)
    return { singularValues: values.slice(0, rank), itemFactors }
  } finally {
    space.release()
  }
}

/** Multiply-adds between two breaths. */
const stretch = 200_000_000

/** target = matrix · table; table is columns × width; fast where all lie in an open space. */
export async function times(
  matrix: Csr,
  table: Floats,
  width: number,
  target: Floats,
  breathe: Breathe,
): Promise<void> {
  const { rowCount, columnCount, pointers, columns, values } = matrix
  target.fill(0)
  const workOf = (row: number) => (pointers[row + 1] - pointers[row]) * width
  await inStretches(rowCount, workOf, stretch, breathe, (first, count) => {
    const part = { rowCount: count, columnCount, pointers: pointers.subarray(first, first + count + 1), columns }
    gatherSum(part, values, table, width, target.subarray(first * width, (first + count) * width))
  })
}

/**
 * table = Q·R with orthonormal Q, which takes the place of `table`; returns R, upper triangular, width × width.
 * Cholesky of the Gram matrix, twice (Yamamoto et al. 2015). A column that the ones before it already span becomes
 * zeros, and its row of R too.
 */
async function orthonormalise(
  table: Floats,
  count: number,
  width: number,
  spare: Floats,
  breathe: Breathe,
): Promise<Float64Array> {
  const once = await orthogonalise(table, count, width, spare, breathe)
  const again = await orthogonalise(table, count, width, spare, breathe)
  const triangle = new Float64Array(width * width)
  gemm(width, width, width, again, once, triangle)
  return triangle
}

async function orthogonalise(
  table: Floats,
  count: number,
  width: number,
  spare: Floats,
  breathe: Breathe,
): Promise<Float64Array> {
  const products = new Float32Array(width * width)
  gemm(width, width, count, table, table, products, { transposeA: true })
  await breathe()
  const { triangle, inverse } = upperFactor(products, width)
  spare.set(table)
  gemm(count, width, width, spare, Float32Array.from(inverse), table)
  await breathe()
  return triangle
}

/** Below this share of a column's own square, what is left of it is rounding. */
const nothing = 1e-6

/** R with Rᵀ·R = products, and R⁻¹; both without the columns (of Q) that the ones before span. */
function upperFactor(products: Float32Array, size: number): { triangle: Float64Array; inverse: Float64Array } {
  const triangle = new Float64Array(size * size)
  const inverse = new Float64Array(size * size)
  for (let column = 0; column < size; column++) {
    // Column by column: R_pc = (products_pc − Σ_q<p R_qp·R_qc) / R_pp.
    let left = products[column * size + column]
    for (let row = 0; row < column; row++) {
      let sum = products[row * size + column]
      for (let q = 0; q < row; q++) sum -= triangle[q * size + row] * triangle[q * size + column]
      const pivot = triangle[row * size + row]
      const value = pivot === 0 ? 0 : sum / pivot
      triangle[row * size + column] = value
      left -= value * value
      for (let at = 0; at <= row; at++) inverse[at * size + column] -= value * inverse[at * size + row]
    }
    // A NaN goes on, to be seen.
    if (left <= nothing * products[column * size + column]) {
      for (let at = 0; at < column; at++) inverse[at * size + column] = 0
      continue
    }
    const pivot = Math.sqrt(left)
    triangle[column * size + column] = pivot
    for (let at = 0; at < column; at++) inverse[at * size + column] /= pivot
    inverse[column * size + column] = 1 / pivot
  }
  return { triangle, inverse }
}
