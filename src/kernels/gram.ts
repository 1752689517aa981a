/**
 * Counts together: how strongly each two columns occur in the same rows, XᵀX.
 *
 * Dense and symmetric, columnCount², row-major. Each entry is summed in float64 and stored in float32.
 * Cost: half the sum of the squared row lengths in multiply-adds.
 */
import type { Breathe } from '../base/breathe.ts'
import { type Csr, transpose } from './csr.ts'

export async function gram(matrix: Csr, breathe: Breathe): Promise<Float32Array> {
  const size = matrix.columnCount
  const product = new Float32Array(size * size)
  const byColumn = transpose(matrix)
  const sums = new Float64Array(size)
  // A row's entries are met once for each of its columns, in ascending order: `next` remembers how far each row is.
  const next = matrix.pointers.slice(0, matrix.rowCount)
  for (let column = 0; column < size; column++) {
    sums.fill(0, column)
    for (let at = byColumn.pointers[column]; at < byColumn.pointers[column + 1]; at++) {
      const row = byColumn.columns[at]
      const value = byColumn.values[at]
      const end = matrix.pointers[row + 1]
      for (let other = next[row]++; other < end; other++) sums[matrix.columns[other]] += value * matrix.values[other]
    }
    for (let other = column; other < size; other++) product[column * size + other] = sums[other]
    await breathe()
  }
  await mirror(product, size, breathe)
  return product
}

/** Copies the upper triangle onto the lower one, in square blocks so that neither side thrashes the cache. */
async function mirror(square: Float32Array, size: number, breathe: Breathe): Promise<void> {
  const block = 64
  for (let row0 = 0; row0 < size; row0 += block) {
    for (let column0 = 0; column0 <= row0; column0 += block) {
      for (let row = row0; row < Math.min(size, row0 + block); row++) {
        for (let column = column0; column < Math.min(row, column0 + block); column++) {
          square[row * size + column] = square[column * size + row]
        }
      }
    }
    await breathe()
  }
}
