import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createBreathe } from '../base/breathe.ts'
import { createRng } from '../base/rng.ts'
import { backendNames, type BackendName, useBackend } from './backend.ts'
import { gemm } from './gemm.ts'
import { gram } from './gram.ts'
import { kernelSuite } from './kernel-suite.ts'
import { randomisedSvd } from './randomised-svd.ts'
import { normals, randomSparse } from './slow-reference.ts'
import { solveRows } from './small-solves.ts'
import { sparseProduct } from './sparse-product.ts'
import { symmetricInverse } from './symmetric-inverse.ts'

afterAll(() => useBackend({ backend: null, threads: null }))

// TypeScript knows one thread only.
const places = backendNames.flatMap((name) => (name === 'plain' ? [1] : [1, 2]).map((threads) => ({ name, threads })))

describe.each(places)('the kernels in $name, threads: $threads', ({ name, threads }) => {
  beforeAll(() => useBackend({ backend: name, threads }))
  kernelSuite()
})

describe('the kernels', () => {
  it.each(['fma', 'simd'] as const)('give the same bytes with one thread and with three, in %s', async (name) => {
    expect(await results(name, 3)).toEqual(await results(name, 1))
  })
})

/** One of each kernel, large enough to be shared out. */
async function results(backend: BackendName, threads: number): Promise<unknown[]> {
  await useBackend({ backend, threads })
  const breathe = createBreathe()
  const { matrix } = randomSparse(300, 270, 1)
  const counts = await gram(matrix, breathe)
  const inverse = counts.slice()
  for (let at = 0; at < 270; at++) inverse[at * 271] += 300
  await symmetricInverse(inverse, 270, breathe)
  const norms = { rowNorms: new Float64Array(300).fill(1), columnNorms: new Float64Array(270).fill(1) }
  const options = { ...norms, shrinkage: 1, keep: 20, skipDiagonal: false, breathe }
  const square = { ...matrix, rowCount: 270, pointers: matrix.pointers.slice(0, 271) }
  const kept = await sparseProduct(matrix, square, options)
  const given = Float32Array.from(normals(270 * 20, 1))
  const base = new Float32Array(400)
  gemm(20, 20, 270, given, given, base, { transposeA: true })
  const solved = new Float32Array(300 * 20)
  await solveRows(matrix, solved, { factors: 20, given, base, ridge: 0.1, rest: 10 }, breathe)
  const tastes = await randomisedSvd(matrix, { rank: 12, rng: createRng(1), breathe })
  return [counts, inverse, kept, base, solved, tastes]
}
