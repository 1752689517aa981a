import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import { choleskyFactor, choleskyInverse, choleskySolve } from './cholesky.ts'

/** A random positive definite matrix. */
function definite(size: number, seed: number): Float64Array {
  const rng = createRng(seed)
  const root = new Float64Array(size * size).map(() => rng.normal())
  const matrix = new Float64Array(size * size)
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      for (let p = 0; p < size; p++) matrix[i * size + j] += root[i * size + p] * root[j * size + p]
    }
    matrix[i * size + i] += 1
  }
  return matrix
}

function times(matrix: Float64Array, size: number, vector: Float64Array): Float64Array {
  return new Float64Array(size).map((_, row) =>
    vector.reduce((sum, value, column) => sum + matrix[row * size + column] * value, 0),
  )
}

it('solves and inverts systems of every size', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 13 }), fc.nat(), (size, seed) => {
      const matrix = definite(size, seed)
      const wanted = new Float64Array(size).map((_, at) => at - 2)
      const factor = matrix.slice()
      expect(choleskyFactor(factor, size)).toBe(true)
      const solution = times(matrix, size, wanted)
      choleskySolve(factor, size, solution)
      const inverse = choleskyInverse(factor, size)
      for (let at = 0; at < size; at++) {
        expect(solution[at]).toBeCloseTo(wanted[at], 8)
        const unit = times(matrix, size, inverse.subarray(at * size, (at + 1) * size))
        unit.forEach((value, other) => expect(value).toBeCloseTo(other === at ? 1 : 0, 8))
      }
    }),
  )
})

it('says so where a matrix is not positive definite or holds a NaN', () => {
  expect(choleskyFactor(Float64Array.of(1, 2, 2, 1), 2)).toBe(false)
  expect(choleskyFactor(Float64Array.of(0), 1)).toBe(false)
  expect(choleskyFactor(Float64Array.of(1, 0, NaN, 1), 2)).toBe(false)
  expect(choleskyFactor(Float64Array.of(Infinity), 1)).toBe(false)
})
