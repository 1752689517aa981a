import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import { gemm } from './gemm.ts'

const side = fc.integer({ min: 0, max: 11 })

/** Three loops over plain numbers. */
function slow(m: number, n: number, k: number, a: Float64Array, b: Float64Array, flipA: boolean, flipB: boolean) {
  const c = new Float64Array(m * n)
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      for (let p = 0; p < k; p++) c[i * n + j] += a[flipA ? p * m + i : i * k + p] * b[flipB ? j * k + p : p * n + j]
    }
  }
  return c
}

function random(length: number, seed: number): Float64Array {
  const rng = createRng(seed)
  return new Float64Array(length).map(() => rng.normal())
}

function expectClose(found: ArrayLike<number>, wanted: ArrayLike<number>, tolerance: number) {
  expect(found.length).toBe(wanted.length)
  for (let at = 0; at < wanted.length; at++) expect(Math.abs(found[at] - wanted[at])).toBeLessThan(tolerance)
}

it('agrees with three loops for every odd shape, way round, scale and accumulation', () => {
  fc.assert(
    fc.property(
      side,
      side,
      side,
      fc.boolean(),
      fc.boolean(),
      fc.boolean(),
      fc.nat(),
      (m, n, k, transposeA, transposeB, accumulate, seed) => {
        const a = random(m * k, seed)
        const b = random(k * n, seed + 1)
        const before = random(m * n, seed + 2)
        const c = before.slice()
        gemm(m, n, k, a, b, c, { transposeA, transposeB, accumulate, scale: -2 })
        const product = slow(m, n, k, a, b, transposeA, transposeB)
        expectClose(
          c,
          product.map((value, at) => -2 * value + (accumulate ? before[at] : 0)),
          1e-12,
        )
      },
    ),
  )
})

it('agrees with three loops where the tables are larger than one packed block, in float32', () => {
  const [m, n, k] = [9, 1027, 515]
  const a = random(m * k, 1).map(Math.fround)
  const b = random(k * n, 2).map(Math.fround)
  const c = new Float32Array(m * n)
  gemm(m, n, k, Float32Array.from(a), Float32Array.from(b), c)
  expectClose(c, slow(m, n, k, a, b, false, false), 1e-4)
})

it('writes into a part of a wider table and leaves the rest alone', () => {
  const c = new Float32Array(20).fill(7)
  gemm(2, 2, 1, Float32Array.of(1, 2), Float32Array.of(3, 4), c.subarray(6), { strideC: 5 })
  expect([...c]).toEqual([7, 7, 7, 7, 7, 7, 3, 4, 7, 7, 7, 6, 8, 7, 7, 7, 7, 7, 7, 7])
})

it('lets NaN through to exactly the entries that depend on it, and forgets what C held', () => {
  const c = new Float32Array(4).fill(NaN)
  gemm(2, 2, 2, Float32Array.of(1, NaN, 1, 1), Float32Array.of(1, 1, 1, 1), c)
  expect([...c]).toEqual([NaN, NaN, 2, 2])
})
