/**
 * Turns a large symmetric positive definite table into its inverse, in place.
 *
 * Blocked Gauss–Jordan elimination (the statistician's sweep operator, Goodnight 1979). For each block K of 64 rows,
 * with D = (A_KK)⁻¹: A_ij −= A_iK·D·A_Kj, A_iK ← A_iK·D, A_KK ← −D; after the last block A has become −A⁻¹.
 * Every pivot block is a Schur complement of a positive definite matrix, so no pivoting is needed.
 * size³ floating-point operations on the lower triangle alone; memory size² floats and 192 · size doubles beside.
 */
import type { Breathe } from '../base/breathe.ts'
import { choleskyFactor, choleskyInverse } from './cholesky.ts'
import { gemm } from './gemm.ts'

const block = 64
/** Columns updated in one go: about three milliseconds of work between two breaths. */
const stretch = 1024

/** Bytes at the peak of an inversion, the matrix itself included. */
export function symmetricInverseBytes(size: number): number {
  return 4 * size * size + 8 * 3 * block * size
}

/**
 * Both triangles are written, the lower one is read. Resolves to false, with `matrix` spoilt, where it is not positive
 * definite or holds a NaN.
 */
export async function symmetricInverse(
  matrix: Float32Array,
  size: number,
  breathe: Breathe,
  progress: (fraction: number) => void = () => undefined,
): Promise<boolean> {
  const panel = new Float64Array(size * block)
  const scaled = new Float64Array(size * block)
  for (let start = 0; start < size; start += block) {
    const count = Math.min(block, size - start)
    readPanel(matrix, size, start, count, panel)
    const pivot = panel.slice(start * count, (start + count) * count)
    if (!choleskyFactor(pivot, count)) return false
    const inverse = choleskyInverse(pivot, count)
    gemm(size, count, count, panel, inverse, scaled)
    // With zeros in the block's own rows, the update below passes it by.
    panel.fill(0, start * count, (start + count) * count)
    scaled.fill(0, start * count, (start + count) * count)
    await subtractProduct(matrix, size, count, scaled, panel, breathe)
    writePanel(matrix, size, start, count, scaled, inverse)
    progress((start + count) / size)
  }
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      const value = -matrix[row * size + column]
      matrix[row * size + column] = value
      matrix[column * size + row] = value
    }
    await breathe()
  }
  return true
}

/** Copies the columns `start` … of the symmetric matrix into `panel` (size × count) from its lower triangle. */
function readPanel(matrix: Float32Array, size: number, start: number, count: number, panel: Float64Array): void {
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < count; column++) {
      const other = start + column
      panel[row * count + column] = matrix[row < other ? other * size + row : row * size + other]
    }
  }
}

function writePanel(
  matrix: Float32Array,
  size: number,
  start: number,
  count: number,
  panel: Float64Array,
  inverse: Float64Array,
): void {
  for (let row = 0; row < size; row++) {
    const inside = row >= start && row < start + count
    for (let column = 0; column < count; column++) {
      const other = start + column
      const value = inside ? -inverse[(row - start) * count + column] : panel[row * count + column]
      matrix[row < other ? other * size + row : row * size + other] = value
    }
  }
}

/** Lower triangle of `matrix` −= scaled · panelᵀ, both size × count. */
async function subtractProduct(
  matrix: Float32Array,
  size: number,
  count: number,
  scaled: Float64Array,
  panel: Float64Array,
  breathe: Breathe,
): Promise<void> {
  const update = { transposeB: true, accumulate: true, scale: -1, strideC: size }
  for (let row = 0; row < size; row += block) {
    const rows = Math.min(block, size - row)
    const left = scaled.subarray(row * count, (row + rows) * count)
    for (let column = 0; column < row + rows; column += stretch) {
      const columns = Math.min(stretch, row + rows - column)
      const right = panel.subarray(column * count, (column + columns) * count)
      gemm(rows, columns, count, left, right, matrix.subarray(row * size + column), update)
      await breathe()
    }
  }
}
