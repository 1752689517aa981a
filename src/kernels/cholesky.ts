/**
 * Solves small systems of equations A·x = b whose A is symmetric and positive definite, as every least-squares fit
 * with a ridge makes them.
 *
 * A = L·Lᵀ; matrices are size × size, row-major, float64; only the lower triangle is read. Factor size³/3 floating-point
 * operations, solve 2·size².
 */
import { addScaled, dot } from './vector.ts'

/** Puts L into the lower triangle of `matrix`. False where it is not positive definite, or holds a NaN. */
export function choleskyFactor(matrix: Float64Array, size: number): boolean {
  for (let row = 0; row < size; row++) {
    const rowStart = row * size
    for (let column = 0; column <= row; column++) {
      const columnStart = column * size
      const sum = matrix[rowStart + column] - dot(matrix, rowStart, matrix, columnStart, column)
      if (column < row) matrix[rowStart + column] = sum / matrix[columnStart + column]
      else if (sum > 0 && sum < Infinity) matrix[rowStart + row] = Math.sqrt(sum)
      else return false
    }
  }
  return true
}

/** Turns `vector` from b into x, given `factor` from `choleskyFactor`. */
export function choleskySolve(factor: Float64Array, size: number, vector: Float64Array): void {
  for (let row = 0; row < size; row++) {
    vector[row] = (vector[row] - dot(factor, row * size, vector, 0, row)) / factor[row * size + row]
  }
  for (let row = size - 1; row >= 0; row--) {
    const value = vector[row] / factor[row * size + row]
    vector[row] = value
    addScaled(vector, 0, factor, row * size, row, -value)
  }
}

/** A⁻¹, whole, given `factor` from `choleskyFactor`. 2·size³. */
export function choleskyInverse(factor: Float64Array, size: number): Float64Array {
  const inverse = new Float64Array(size * size)
  for (let row = 0; row < size; row++) {
    // A⁻¹ is symmetric: its columns are its rows.
    const unit = inverse.subarray(row * size, (row + 1) * size)
    unit[row] = 1
    choleskySolve(factor, size, unit)
  }
  return inverse
}
