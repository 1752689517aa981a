/**
 * What every kernel must do on every backend, with one thread and with two: run by `kernels.test.ts`, which chooses them.
 *
 * Each against a slow float64 reference: odd sizes, empty rows, one item, one user, arrays that begin anywhere, NaN.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBreathe } from '../base/breathe.ts'
import { createRng } from '../base/rng.ts'
import { backend, wasmBackend } from './backend.ts'
import { csrFromTriples } from './csr.ts'
import { gemm } from './gemm.ts'
import { gram } from './gram.ts'
import {
  identity,
  normals,
  randomSparse,
  slowProduct,
  slowSolve,
  sparse,
  transposed,
  worstDifference,
} from './slow-reference.ts'
import { solveRows } from './small-solves.ts'
import { openSpace } from './space.ts'
import { sparseProduct } from './sparse-product.ts'
import { svdSuite } from './svd-suite.ts'
import { symmetricInverse, symmetricInverseBytes } from './symmetric-inverse.ts'

const breathe = createBreathe()
const cancelled = () => createBreathe(AbortSignal.abort())

export function kernelSuite(): void {
  gemmSuite()
  gramSuite()
  inverseSuite()
  productSuite()
  solveSuite()
  svdSuite()

  it('leave nothing of theirs in the shared memory, done or cancelled', async () => {
    const taken = () => wasmBackend()?.arena.taken()
    const before = taken()
    const { matrix } = randomSparse(30, 20, 1)
    const square = ridged(40, 3, 1)
    await gram(matrix, breathe)
    await symmetricInverse(square, 40, breathe)
    await expect(gram(matrix, cancelled())).rejects.toMatchObject({ code: 'cancelled' })
    await expect(symmetricInverse(square, 40, cancelled())).rejects.toMatchObject({ code: 'cancelled' })
    expect(taken()).toBe(before)
  })
}

/** An array that begins `skip` floats after an even address. */
function unaligned(values: ArrayLike<number>, skip: number): Float32Array {
  const array = new Float32Array(values.length + skip).subarray(skip)
  array.set(values)
  return array
}

function gemmSuite(): void {
  const shapes = [
    [1, 1, 1],
    [7, 5, 3],
    [1, 300, 70],
    [300, 1, 70],
    [33, 41, 65],
    [130, 70, 301],
    [9, 2065, 260],
  ]
  const ways = [false, true].flatMap((transposeA) => [false, true].map((transposeB) => ({ transposeA, transposeB })))

  describe('gemm', () => {
    it.each(shapes)('is three loops at %i × %i × %i, every way round, from arrays that begin anywhere', (m, n, k) => {
      const [a, b, before] = [normals(m * k, 1), normals(k * n, 2), normals(m * n, 3)]
      const product = slowProduct(m, n, k, a, b)
      for (const { transposeA, transposeB } of ways) {
        for (const accumulate of [false, true]) {
          const left = unaligned(transposeA ? transposed(a, m, k) : a, 1)
          const right = unaligned(transposeB ? transposed(b, k, n) : b, 3)
          const c = unaligned(before, 2)
          gemm(m, n, k, left, right, c, { transposeA, transposeB, accumulate, scale: -2 })
          const wanted = product.map((value, at) => -2 * value + (accumulate ? before[at] : 0))
          expect(worstDifference(c, wanted)).toBeLessThan(3e-5 * Math.sqrt(k))
        }
      }
    })

    it('works in place in a space, and writes only its part of a wider table', () => {
      const space = openSpace()
      const [a, b] = [space.floats(40 * 40), space.floats(40 * 40)]
      a.set(normals(1600, 1))
      b.set(normals(1600, 2))
      const c = space.floats(40 * 50).fill(7)
      gemm(40, 40, 40, a, b, c, { strideC: 50 })
      const wanted = new Float64Array(2000).fill(7)
      slowProduct(40, 40, 40, a, b).forEach((value, at) => {
        wanted[Math.floor(at / 40) * 50 + (at % 40)] = value
      })
      expect(worstDifference(c, wanted)).toBeLessThan(1e-4)
      space.release()
    })

    it('lets NaN through to exactly the entries that depend on it, and forgets what C held', () => {
      const a = new Float32Array(30 * 30).fill(1)
      a[5 * 30 + 8] = NaN
      const c = new Float32Array(900).fill(NaN)
      gemm(30, 30, 30, a, new Float32Array(900).fill(1), c)
      c.forEach((value, at) => expect(value).toBe(Math.floor(at / 30) === 5 ? NaN : 30))
    })
  })
}

function gramSuite(): void {
  describe('gram', () => {
    it('counts together what occurs together, for every shape, ones and strengths, with empty rows', async () => {
      const side = fc.integer({ min: 1, max: 70 })
      await fc.assert(
        fc.asyncProperty(side, side, fc.nat(), fc.constantFrom(1, 4), async (rows, columns, seed, highest) => {
          const { dense, matrix } = randomSparse(rows, columns, seed, 0.2, highest)
          const wanted = slowProduct(columns, columns, rows, transposed(dense, rows, columns), dense)
          const found = await gram(matrix, breathe)
          expect(worstDifference(found, wanted)).toBe(0)
        }),
        { numRuns: 20 },
      )
    })

    it('is found where it is asked for, and strengths need not be whole', async () => {
      const dense = normals(90 * 33, 5).map((value) => (value > 1 ? value : 0))
      const space = openSpace()
      const found = await gram(sparse(dense, 90, 33), breathe, space)
      if (backend().wasm !== null) expect(found.buffer).toBe(backend().wasm?.arena.buffer)
      const wanted = slowProduct(33, 33, 90, transposed(dense, 90, 33), dense)
      expect(worstDifference(found, wanted.map(Math.fround))).toBeLessThan(1e-5)
      space.release()
    })

    it('lets NaN through to the items of its row', async () => {
      const matrix = csrFromTriples(2, 3, [0, 0, 1, 1], [0, 1, 1, 2], [NaN, 1, 1, 1])
      expect([...(await gram(matrix, breathe))]).toEqual([NaN, NaN, 0, NaN, 2, 1, 0, 1, 1])
    })
  })
}

/** A Gram matrix of rank about half, plus `ridge` on the diagonal. */
function ridged(size: number, ridge: number, seed: number): Float32Array {
  const rng = createRng(seed)
  const rows = Math.ceil(size / 2)
  const table = new Float32Array(rows * size).map(() => (rng.next() < 0.2 ? 1 : 0))
  const matrix = Float32Array.from(slowProduct(size, size, rows, transposed(table, rows, size), table))
  for (let at = 0; at < size; at++) matrix[at * size + at] += ridge
  return matrix
}

function inverseSuite(): void {
  describe('symmetricInverse', () => {
    // Around the blocks of 64 and 128, at one, and odd.
    it.each([1, 2, 63, 64, 65, 129, 200, 259])(
      'inverts a table of side %i as the slow elimination does',
      async (size) => {
        const matrix = ridged(size, 3, size)
        const wanted = slowSolve(matrix, size, identity(size), size)
        // Whatever stands above the diagonal is not read.
        for (let row = 0; row < size; row++) matrix.fill(NaN, row * size + row + 1, (row + 1) * size)
        expect(await symmetricInverse(matrix, size, breathe)).toBe(true)
        expect(worstDifference(matrix, wanted)).toBeLessThan(2e-6)
        expect(worstDifference(matrix, transposed(matrix, size, size))).toBe(0)
      },
    )

    it('says so where a matrix is not positive definite or holds a NaN, wherever', async () => {
      const size = 200
      for (const [row, column, value] of [
        [90, 90, -1],
        [199, 199, 0],
        [70, 3, NaN],
        [199, 150, NaN],
        [0, 0, NaN],
        [140, 140, Infinity],
      ]) {
        const matrix = ridged(size, 3, 1)
        matrix[row * size + column] = value
        expect(await symmetricInverse(matrix, size, breathe)).toBe(false)
      }
    })

    it('needs hardly more memory than the matrix itself', () => {
      expect(symmetricInverseBytes(3706) / (4 * 3706 ** 2)).toBeLessThan(1.1)
      expect(symmetricInverseBytes(10_000) / (4 * 10_000 ** 2)).toBeLessThan(1.05)
    })
  })
}

function productSuite(): void {
  describe('sparseProduct', () => {
    it('keeps the highest entries of the scaled product of each row, ties by the lower column', async () => {
      const side = fc.integer({ min: 1, max: 70 })
      await fc.assert(
        fc.asyncProperty(
          side,
          side,
          side,
          fc.integer({ min: 1, max: 75 }),
          fc.boolean(),
          fc.nat(),
          async (...drawn) => {
            const [rows, middle, columns, keep, skipDiagonal, seed] = drawn
            const left = randomSparse(rows, middle, seed)
            const right = randomSparse(middle, columns, seed + 1, 0.2)
            const rowNorms = new Float64Array(rows).map((_, row) => row + 1)
            const columnNorms = new Float64Array(columns).map((_, column) => 1 / ((column % 3) + 2))
            const options = { rowNorms, columnNorms, shrinkage: 0.5, keep, skipDiagonal, breathe }
            const found = await sparseProduct(left.matrix, right.matrix, options)
            const product = slowProduct(rows, columns, middle, left.dense, right.dense)
            expect(found.pointers[rows]).toBe(found.columns.length)
            for (let row = 0; row < rows; row++) {
              const kept = Array.from({ length: columns }, (_, column) => column)
                .map((column) => ({ column, sum: product[row * columns + column] }))
                .filter(({ column, sum }) => sum > 0 && !(skipDiagonal && row === column))
                .map(({ column, sum }) => ({ column, value: sum / (rowNorms[row] * columnNorms[column] + 0.5) }))
                .sort((a, b) => b.value - a.value || a.column - b.column)
                .slice(0, keep)
                .sort((a, b) => a.column - b.column)
              const [from, to] = [found.pointers[row], found.pointers[row + 1]]
              expect([...found.columns.subarray(from, to)]).toEqual(kept.map(({ column }) => column))
              expect([...found.values.subarray(from, to)]).toEqual(kept.map(({ value }) => Math.fround(value)))
            }
          },
        ),
        { numRuns: 40 },
      )
    })

    it('never keeps NaN, and takes sums that cancel for what they are', async () => {
      const left = csrFromTriples(2, 2, [0, 1, 1], [0, 0, 1], [1, 1, -1])
      const right = csrFromTriples(2, 3, [0, 0, 0, 1, 1], [0, 1, 2, 1, 2], [NaN, 1, -0, 1, 0])
      const norms = { rowNorms: Float64Array.of(1, 1), columnNorms: Float64Array.of(1, 1, 1) }
      const options = { ...norms, shrinkage: 0, keep: 2, skipDiagonal: false, breathe }
      const found = await sparseProduct(left, right, options)
      expect([...found.columns]).toEqual([1, 2, 1, 2])
      expect([...found.values].map((value) => value + 0)).toEqual([1, 0, 0, 0])
    })

    it('stops when it is cancelled', async () => {
      const { matrix } = randomSparse(5, 5, 1)
      const norms = { rowNorms: new Float64Array(5).fill(1), columnNorms: new Float64Array(5).fill(1) }
      const options = { ...norms, shrinkage: 0, keep: 2, skipDiagonal: false, breathe: cancelled() }
      await expect(sparseProduct(matrix, matrix, options)).rejects.toMatchObject({ code: 'cancelled' })
    })
  })
}

function solveSuite(): void {
  const positive = (seed: number) => {
    const { matrix } = randomSparse(12, 400, seed, 0.03)
    const full = randomSparse(2, 400, seed, 1)
    const pointers = Int32Array.from([...matrix.pointers, matrix.pointers[12] + 400])
    const columns = Int32Array.from([...matrix.columns, ...full.matrix.columns])
    const values = Float32Array.from([...matrix.values, ...full.matrix.values], (value) => value / 3)
    return { rowCount: 13, columnCount: 400, pointers, columns, values }
  }

  describe('solveRows', () => {
    // One row is empty, one is longer than any block.
    it.each([1, 3, 4, 8, 10, 33, 64])('solves with %i factors as the slow elimination does', async (factors) => {
      const matrix = positive(factors)
      const given = unaligned(normals(400 * factors, factors), 1)
      const products = slowProduct(factors, factors, 400, transposed(given, 400, factors), given)
      const base = Float32Array.from(products, (value) => 0.1 * value)
      const sought = new Float32Array(13 * factors).fill(NaN)
      const options = { factors, given, base, ridge: 0.03, rest: 40 }
      expect(await solveRows(matrix, sought, options, breathe)).toBe(true)
      for (let row = 0; row < 13; row++) {
        const left = Float64Array.from(base)
        const right = new Float64Array(factors)
        let total = 40
        for (let entry = matrix.pointers[row]; entry < matrix.pointers[row + 1]; entry++) {
          const v = given.subarray(matrix.columns[entry] * factors, (matrix.columns[entry] + 1) * factors)
          const value = matrix.values[entry]
          total += value
          for (let i = 0; i < factors; i++) {
            right[i] += value * v[i]
            for (let j = 0; j < factors; j++) left[i * factors + j] += value * v[i] * v[j]
          }
        }
        for (let i = 0; i < factors; i++) left[i * (factors + 1)] += 0.03 * total
        const wanted = slowSolve(left, factors, right)
        const size = Math.hypot(...wanted)
        expect(worstDifference(sought.subarray(row * factors, (row + 1) * factors), wanted)).toBeLessThanOrEqual(
          1e-3 * size,
        )
      }
    })

    it('says so where an equation has no solution or holds a NaN, and stops when it is cancelled', async () => {
      const matrix = csrFromTriples(1, 2, [0], [1], [1])
      const options = { factors: 2, given: Float32Array.of(1, 2, 3, 4), base: new Float32Array(4), ridge: 0, rest: 1 }
      const solve = (changes: Partial<typeof options>, breath = breathe) =>
        solveRows(matrix, new Float32Array(2), { ...options, ...changes }, breath)
      expect(await solve({})).toBe(false)
      expect(await solve({ ridge: 1 })).toBe(true)
      expect(await solve({ ridge: 1, given: Float32Array.of(1, 2, NaN, 4) })).toBe(false)
      await expect(solve({ ridge: 1 }, cancelled())).rejects.toMatchObject({ code: 'cancelled' })
    })
  })
}
