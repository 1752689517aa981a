/**
 * Turns a large symmetric positive definite table into its inverse, in place.
 *
 * Blocked Gauss–Jordan elimination (the statistician's sweep operator, Goodnight 1979). For each block K of rows, with
 * D = (A_KK)⁻¹: A_ij −= A_iK·D·A_Kj, A_iK ← A_iK·D, A_KK ← −D; after the last block A has become −A⁻¹.
 * Every pivot block is a Schur complement of a positive definite matrix, so no pivoting is needed.
 * size³ floating-point operations on the lower triangle alone, shared among threads in strips of rows, the longest
 * first; memory size² floats and 256 · size beside. D is found in float64; the rest is float32 in the kernels and, with
 * blocks half as large, float64 in TypeScript.
 */
import type { Breathe } from '../base/breathe.ts'
import { type Wasm, wasmBackend } from './backend.ts'
import { choleskyFactor, choleskyInverse } from './cholesky.ts'
import { gemm } from './gemm.ts'
import { mirrorLower } from './gram.ts'
import { inStretches, resident } from './resident.ts'
import { openSpace } from './space.ts'

/** Bytes at the peak of an inversion, the matrix itself included. */
export function symmetricInverseBytes(size: number): number {
  return 4 * size * size + 4 * fastBlock * (2 * size + 8 + fastBlock)
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
  const wasm = wasmBackend()
  if (wasm === null) return plainInverse(matrix, size, breathe, progress)
  const space = openSpace()
  try {
    const square = resident(space, matrix)
    const panel = space.floats(size * fastBlock)
    const packed = space.floats((size + 8) * fastBlock)
    const inverse = space.floats(fastBlock * fastBlock)
    const at: Addresses = [square, panel, packed, inverse].map(({ byteOffset }) => byteOffset)
    for (let start = 0; start < size; start += fastBlock) {
      if (!(await sweep(wasm, at, size, start, breathe))) return false
      progress(Math.min(size, start + fastBlock) / size)
    }
    await mirrorLower(square, size, -1, breathe)
    if (square !== matrix) matrix.set(square)
    return true
  } finally {
    space.release()
  }
}

/** A step costs one pass over the matrix, so that larger blocks are faster; 256 · size floats are what they may take. */
const fastBlock = 128
/** Rows of a piece of `sweepUpdate`; divides `fastBlock`. */
const height = 64
/** Multiply-adds between two breaths. */
const mostWork = 250_000_000

/** Of the matrix, the panel, the packed panel, the inverse of the pivot block. */
type Addresses = readonly number[]

async function sweep(
  wasm: Wasm,
  [matrix, panel, packed, inverse]: Addresses,
  size: number,
  start: number,
  breathe: Breathe,
): Promise<boolean> {
  const count = Math.min(fastBlock, size - start)
  if (wasm.call('sweepPivot', matrix, size, start, count, inverse) === 0) return false
  wasm.run('sweepPanel', [matrix, size, start, count, inverse, panel, packed], Math.ceil(size / 8), 24)
  const pieces = Math.ceil(size / height)
  const workOf = (piece: number) => (pieces - piece) * height * height * count
  await inStretches(pieces, workOf, mostWork, breathe, (first, length) =>
    wasm.run('sweepUpdate', [matrix, size, start, count, panel, packed, first], length, 1),
  )
  return true
}

const block = 64
/** Columns updated in one go: about three milliseconds of work between two breaths. */
const stretch = 1024

async function plainInverse(
  matrix: Float32Array,
  size: number,
  breathe: Breathe,
  progress: (fraction: number) => void,
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
  await mirrorLower(matrix, size, -1, breathe)
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
