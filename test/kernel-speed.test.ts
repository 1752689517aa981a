/**
 * A generous floor under the kernels: what was lost when vectorisation, threads or the shared memory silently fell away.
 * Ratios within one run, so that a slow machine is no failure; the real figures are in docs/performance.md.
 */
import { afterAll, describe, expect, it } from 'vitest'
import { createRng } from '../src/base/rng.ts'
import { backend, useBackend } from '../src/kernels/backend.ts'
import { gemm, plainGemm } from '../src/kernels/gemm.ts'
import { createItemTable } from '../src/kernels/item-table.ts'
import { openSpace } from '../src/kernels/space.ts'

afterAll(() => useBackend({ backend: null, threads: null }))

/** The fastest of several runs in turn with the other work: what disturbs one round disturbs both. */
function ratio(fast: () => void, slow: () => void, rounds = 7): number {
  const best = [Infinity, Infinity]
  for (let round = 0; round < rounds; round++) {
    for (const [at, work] of [fast, slow].entries()) {
      const started = performance.now()
      work()
      best[at] = Math.min(best[at], performance.now() - started)
    }
  }
  return best[0] / best[1]
}

const rng = createRng('speed')
const numbers = (length: number) => new Float32Array(length).map(() => rng.normal())

describe('the kernels', { retry: 2 }, () => {
  it('multiply at least three times as fast as TypeScript does, on one thread', async () => {
    await useBackend({ backend: null, threads: 1 })
    if (backend().name === 'plain') return
    const space = openSpace()
    const size = 256
    const [a, b, c] = [0, 1, 2].map(() => space.floats(size * size))
    a.set(numbers(size * size))
    b.set(numbers(size * size))
    const slower = c.slice()
    const found = ratio(
      () => gemm(size, size, size, a, b, c),
      () => plainGemm(size, size, size, a, b, slower),
    )
    space.release()
    expect(found).toBeLessThan(1 / 3)
  })

  it('ask a table of items at least twice as fast, and its bytes faster than its floats', async () => {
    const [rowCount, width] = [40_000, 64]
    const [values, vector, scores] = [numbers(rowCount * width), numbers(width), new Float32Array(rowCount)]
    await useBackend({ backend: 'plain', threads: 1 })
    const plain = createItemTable(values, rowCount, width)
    await useBackend({ backend: null, threads: 1 })
    if (backend().name === 'plain') return
    const [floats, bytes] = (['float32', 'int8'] as const).map((precision) =>
      createItemTable(values, rowCount, width, { precision }),
    )
    const ask = (table: typeof plain) => () => {
      for (let round = 0; round < 3; round++) table.dots(vector, scores)
    }
    expect(ratio(ask(floats), ask(plain))).toBeLessThan(1 / 2)
    expect(ratio(ask(bytes), ask(floats))).toBeLessThan(0.9)
  })
})
