import { describe, expect, it } from 'vitest'
import { createBreathe } from '../base/breathe.ts'
import { createRng } from '../base/rng.ts'
import { gemm } from './gemm.ts'
import { symmetricInverse, symmetricInverseBytes } from './symmetric-inverse.ts'

/** A Gram matrix of rank about half, plus `ridge` on the diagonal. */
function ridged(size: number, ridge: number, seed: number): Float32Array {
  const rng = createRng(seed)
  const rows = Math.ceil(size / 2)
  const table = new Float32Array(rows * size).map(() => (rng.next() < 0.2 ? 1 : 0))
  const matrix = new Float32Array(size * size)
  gemm(size, size, rows, table, table, matrix, { transposeA: true })
  for (let at = 0; at < size; at++) matrix[at * size + at] += ridge
  return matrix
}

/** Gauss–Jordan elimination, one row at a time, in float64. */
function slowInverse(matrix: Float32Array, size: number): Float64Array {
  const left = Float64Array.from(matrix)
  const right = new Float64Array(size * size)
  for (let at = 0; at < size; at++) right[at * size + at] = 1
  for (let pivot = 0; pivot < size; pivot++) {
    const scale = 1 / left[pivot * size + pivot]
    for (let column = 0; column < size; column++) {
      left[pivot * size + column] *= scale
      right[pivot * size + column] *= scale
    }
    for (let row = 0; row < size; row++) {
      const factor = left[row * size + pivot]
      if (row === pivot || factor === 0) continue
      for (let column = 0; column < size; column++) {
        left[row * size + column] -= factor * left[pivot * size + column]
        right[row * size + column] -= factor * right[pivot * size + column]
      }
    }
  }
  return right
}

describe('symmetricInverse', () => {
  // Around the block of 64, at one, and odd.
  it.each([1, 2, 63, 64, 65, 131, 200])('inverts %i × %i as the slow elimination does', async (size) => {
    const matrix = ridged(size, 3, size)
    const wanted = slowInverse(matrix, size)
    // Whatever stands above the diagonal is not read.
    for (let row = 0; row < size; row++) matrix.fill(NaN, row * size + row + 1, (row + 1) * size)
    expect(await symmetricInverse(matrix, size, createBreathe())).toBe(true)
    const worst = wanted.reduce((high, value, at) => Math.max(high, Math.abs(value - matrix[at])), 0)
    expect(worst).toBeLessThan(1e-6)
    for (let at = 0; at < size; at++) expect(matrix[at]).toBe(matrix[at * size])
  })

  it('says so where a matrix is not positive definite or holds a NaN', async () => {
    const size = 100
    const indefinite = ridged(size, 3, 1)
    indefinite[90 * size + 90] = -1
    expect(await symmetricInverse(indefinite, size, createBreathe())).toBe(false)
    const spoilt = ridged(size, 3, 1)
    spoilt[70 * size + 3] = NaN
    expect(await symmetricInverse(spoilt, size, createBreathe())).toBe(false)
  })

  it('stops when it is cancelled', async () => {
    const cancelled = symmetricInverse(ridged(8, 1, 1), 8, createBreathe(AbortSignal.abort()))
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('needs hardly more memory than the matrix itself', () => {
    expect(symmetricInverseBytes(10_000) / (4 * 10_000 ** 2)).toBeLessThan(1.05)
  })
})
