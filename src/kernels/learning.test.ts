import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adamRate, stepRows } from './adam.ts'
import { backendNames, type BackendName, useBackend } from './backend.ts'
import { activate, addColumnSums } from './elementwise.ts'
import { half, learningSuite, numbers } from './learning-suite.ts'
import { softmax } from './softmax.ts'
import { openSpace } from './space.ts'
import { gatherSum } from './sparse-rows.ts'
import { groupEntries } from './sparse-rows-grouped.ts'

afterAll(() => useBackend({ backend: null, threads: null }))

// TypeScript knows one thread only.
const places = backendNames.flatMap((name) => (name === 'plain' ? [1] : [1, 2]).map((threads) => ({ name, threads })))

describe.each(places)('the kernels of learning in $name, threads: $threads', ({ name, threads }) => {
  beforeAll(() => useBackend({ backend: name, threads }))
  learningSuite()
})

describe('the kernels of learning', () => {
  it.each(['fma', 'simd'] as const)('give the same bytes with one thread and with three, in %s', async (name) => {
    expect(await results(name, 3)).toEqual(await results(name, 1))
  })
})

/** One of each kernel, large enough to be shared out. */
async function results(backend: BackendName, threads: number): Promise<unknown[]> {
  await useBackend({ backend, threads })
  const space = openSpace()
  const { pattern, values } = half
  const found = [64, 120].map((width) => {
    const table = numbers(2200 * width, 'table')
    const sums = new Float32Array(130 * width)
    gatherSum(pattern, values, table, width, sums)
    const parts = [{ pattern, firstRow: 0, coefficients: values, left: sums.slice() }]
    const moments = { first: new Float32Array(table.length), second: new Float32Array(table.length) }
    const step = { rate: adamRate(0.01, 1), ridge: 0.1 }
    stepRows({ values: table, width, moments }, parts, groupEntries(parts, 2200, space), step, space)
    activate('sigmoid', sums, numbers(width, 'bias'))
    const total = new Float32Array(width)
    addColumnSums(sums, total)
    const logSums = new Float32Array(130)
    softmax({ rowCount: 130, pointers: null, width }, sums, sums, logSums)
    return [table, moments, sums, total, logSums]
  })
  space.release()
  return found
}
