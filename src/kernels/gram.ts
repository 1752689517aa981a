/**
 * Counts together: how strongly each two columns occur in the same rows, XᵀX.
 *
 * Dense and symmetric, columnCount², row-major. Ones are counted; other values are summed in float64 and stored in
 * float32. Cost: half the sum of the squared row lengths in additions, shared among threads by columns, and 8 bytes an
 * entry beside the result.
 */
import type { Breathe } from '../base/breathe.ts'
import { type Wasm, wasmBackend } from './backend.ts'
import type { Csr } from './csr.ts'
import { inStretches, resident } from './resident.ts'
import { heapSpace, openSpace, type Space } from './space.ts'

/** Lies in `space`: pass one that is open where the kernels go on with it. */
export async function gram(matrix: Csr, breathe: Breathe, space: Space = heapSpace('float32')): Promise<Float32Array> {
  const size = matrix.columnCount
  const product = space.floats(size * size) as Float32Array
  const wasm = wasmBackend()
  if (wasm === null) await plainGram(matrix, product, breathe)
  else await fastGram(wasm, matrix, product, breathe)
  return product
}

/** The entries of each column: which they are, and where the row of each begins. */
function entriesByColumn(matrix: Csr): { starts: Int32Array; entries: Int32Array; begins: Int32Array } {
  const { rowCount, columnCount, pointers, columns } = matrix
  const starts = new Int32Array(columnCount + 1)
  for (const column of columns) starts[column + 1]++
  for (let column = 0; column < columnCount; column++) starts[column + 1] += starts[column]
  const next = starts.slice()
  const entries = new Int32Array(columns.length)
  const begins = new Int32Array(columns.length)
  for (let row = 0; row < rowCount; row++) {
    for (let at = pointers[row]; at < pointers[row + 1]; at++) {
      const to = next[columns[at]]++
      entries[to] = at
      begins[to] = pointers[row]
    }
  }
  return { starts, entries, begins }
}

/** Additions between two breaths. */
const stretch = 20_000_000

async function fastGram(wasm: Wasm, matrix: Csr, target: Float32Array, breathe: Breathe): Promise<void> {
  const size = matrix.columnCount
  const { starts, entries, begins } = entriesByColumn(matrix)
  const workOf = (column: number) => {
    let work = column
    for (let at = starts[column]; at < starts[column + 1]; at++) work += entries[at] - begins[at]
    return work
  }
  const space = openSpace()
  try {
    const product = resident(space, target)
    const counts = matrix.values.every((value) => value === 1)
    const at = [starts, entries, begins, matrix.columns].map((array) => resident(space, array).byteOffset)
    const values = counts ? 0 : resident(space, matrix.values).byteOffset
    await inStretches(size, workOf, stretch, breathe, (first, count) =>
      wasm.run('gramRows', [...at, values, size, product.byteOffset, first], count, 8),
    )
    await mirrorLower(product, size, 1, breathe)
    if (product !== target) target.set(product)
  } finally {
    space.release()
  }
}

async function plainGram(matrix: Csr, product: Float32Array, breathe: Breathe): Promise<void> {
  const { columns, values, columnCount } = matrix
  const { starts, entries, begins } = entriesByColumn(matrix)
  const sums = new Float64Array(columnCount)
  for (let column = 0; column < columnCount; column++) {
    sums.fill(0, 0, column + 1)
    for (let at = starts[column]; at < starts[column + 1]; at++) {
      const value = values[entries[at]]
      for (let other = begins[at]; other <= entries[at]; other++) sums[columns[other]] += value * values[other]
    }
    product.set(sums.subarray(0, column + 1), column * columnCount)
    await breathe()
  }
  await mirrorLower(product, columnCount, 1, breathe)
}

const side = 32
/** Numbers copied between two breaths: each lies on a memory line of its own. */
const mirrored = 5_000_000

/** Both triangles become `scale` times the lower one; in squares, so that neither side thrashes the cache. */
export async function mirrorLower(square: Float32Array, size: number, scale: number, breathe: Breathe): Promise<void> {
  const wasm = wasmBackend()
  const rows = Math.ceil(size / side)
  const inMemory = wasm !== null && square.buffer === wasm.arena.buffer
  await inStretches(
    rows,
    (row) => row * side * side,
    mirrored,
    breathe,
    (first, count) => {
      if (inMemory) wasm.run('mirrorLower', [square.byteOffset, size, scale, first], count, 1)
      else plainMirror(square, size, scale, first * side, Math.min(size, (first + count) * side))
    },
  )
}

function plainMirror(square: Float32Array, size: number, scale: number, from: number, to: number): void {
  for (let row0 = from; row0 < to; row0 += side) {
    for (let column0 = 0; column0 <= row0; column0 += side) {
      for (let row = row0; row < Math.min(to, row0 + side); row++) {
        for (let column = column0; column < Math.min(row + 1, column0 + side); column++) {
          const value = scale * square[row * size + column]
          square[row * size + column] = value
          square[column * size + row] = value
        }
      }
    }
  }
}
