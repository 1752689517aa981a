/**
 * Numbers of the base SIMD backend, fixed to the last bit: whoever changes them notices, and says so in docs/log.md.
 *
 * Base SIMD rounds alike on every machine, which fused multiply-add and a system BLAS need not. Where a change is meant,
 * the failing test prints the new fingerprint to put here.
 */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createBreathe } from '../src/base/breathe.ts'
import { createRng } from '../src/base/rng.ts'
import { adamRate, stepRows } from '../src/kernels/adam.ts'
import { useBackend } from '../src/kernels/backend.ts'
import { csrFromTriples } from '../src/kernels/csr.ts'
import { activate } from '../src/kernels/elementwise.ts'
import { gemm } from '../src/kernels/gemm.ts'
import { markRows } from '../src/kernels/missing.ts'
import { softmax } from '../src/kernels/softmax.ts'
import { openSpace } from '../src/kernels/space.ts'
import { gatherSum, sampledDots } from '../src/kernels/sparse-rows.ts'
import { groupEntries } from '../src/kernels/sparse-rows-grouped.ts'
import { symmetricInverse } from '../src/kernels/symmetric-inverse.ts'
import { cfgan } from '../src/models/cfgan.ts'
import { bareInteractions } from '../src/preprocess/interactions.ts'

beforeAll(() => useBackend({ backend: 'simd', threads: 2 }))
afterAll(() => useBackend({ backend: null, threads: null }))

const [rowCount, columnCount, width] = [60, 90, 37]
/** Uniform, not normal: no function of an engine's own is between the seed and the numbers. */
function numbers(length: number, seed: string): Float32Array {
  const rng = createRng(seed)
  return new Float32Array(length).map(() => 2 * rng.next() - 1)
}

/** Every row holds ten columns. */
const pattern = {
  rowCount,
  columnCount,
  pointers: Int32Array.from({ length: rowCount + 1 }, (_, row) => 10 * row),
  columns: Int32Array.from({ length: 10 * rowCount }, (_, at) => (7 * at + (at >> 3)) % columnCount),
}
const values = numbers(pattern.columns.length, 'values')
const table = numbers(columnCount * width, 'table')
const left = numbers(rowCount * width, 'left')

function step(): Float32Array {
  const space = openSpace()
  const moved = table.slice()
  const moments = { first: new Float32Array(moved.length), second: new Float32Array(moved.length) }
  const parts = [{ pattern, firstRow: 0, coefficients: values, left }]
  const grouped = groupEntries(parts, columnCount, space)
  stepRows({ values: moved, width, moments }, parts, grouped, { rate: adamRate(0.01, 1), ridge: 0.1 }, space)
  space.release()
  return moved
}

async function inverse(): Promise<Float32Array> {
  const square = new Float32Array(width * width)
  gemm(width, width, columnCount, table, table, square, { transposeA: true })
  for (let at = 0; at < width; at++) square[at * (width + 1)] += 5
  await symmetricInverse(square, width, createBreathe())
  return square
}

async function fit(): Promise<Float32Array> {
  const rows = Int32Array.from(pattern.columns, (_, at) => Math.floor(at / 10))
  const data = bareInteractions(
    csrFromTriples(rowCount, columnCount, rows, pattern.columns, new Float32Array(rows.length).fill(1)),
  )
  const config = {
    ...cfgan.defaults,
    generatorLayers: [20],
    discriminatorLayers: [12],
    epochs: 3,
    validationFraction: 0,
  }
  const run = {
    rng: createRng('golden'),
    breathe: createBreathe(),
    progress: () => undefined,
    epoch: () => undefined,
  }
  const fitted = await cfgan.fit(data, config, run)
  const scores = new Float32Array(columnCount)
  fitted.score({ items: Int32Array.of(3, 14), weights: Float32Array.of(1, 1), ageDays: null, features: null }, scores)
  return scores
}

const works: Readonly<
  Record<string, readonly [golden: string, work: () => Promise<ArrayBufferView> | ArrayBufferView]>
> = {
  gemm: [
    'd326a4ead2ec3a03',
    () => {
      const product = new Float32Array(rowCount * columnCount)
      gemm(rowCount, columnCount, width, left, table, product, { transposeB: true, scale: 0.5 })
      return product
    },
  ],
  'gather sum': [
    '345163a1ca553407',
    () => {
      const sums = left.slice()
      gatherSum(pattern, values, table, width, sums)
      return sums
    },
  ],
  'sampled dots': [
    '32b23985f917fc7e',
    () => {
      const dots = new Float32Array(values.length)
      sampledDots(pattern, left, table, width, dots)
      return dots
    },
  ],
  'step of Adam': ['542911c380d7a578', step],
  sigmoid: [
    'c136aeb97bd021d9',
    () => {
      const bent = table.slice()
      activate('sigmoid', bent, numbers(width, 'bias'))
      return bent
    },
  ],
  softmax: [
    'c01663f241cb5ed8',
    () => {
      const shares = table.slice()
      softmax({ rowCount: columnCount, pointers: null, width }, shares, shares, new Float32Array(columnCount))
      return shares
    },
  ],
  'symmetric inverse': ['1a0e4a743df2dc00', inverse],
  'drawn marks': [
    'abcffcde138ddce6',
    () => {
      const marks = new Uint8Array(rowCount * columnCount)
      const counts = new Int32Array(rowCount).fill(31)
      markRows(pattern, { shown: counts, zero: counts }, 7, marks)
      return marks
    },
  ],
  'fit of CFGAN': ['df793d6fb03ec816', fit],
}

it.each(Object.entries(works))('%s gives the same bits as ever', async (_name, [golden, work]) => {
  const found = await work()
  const bytes = new Uint8Array(found.buffer, found.byteOffset, found.byteLength)
  expect(createHash('sha256').update(bytes).digest('hex').slice(0, 16)).toBe(golden)
})
