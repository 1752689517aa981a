/**
 * What the kernels of learning by gradient must do on every backend, with one thread and with two: run by
 * `learning.test.ts`, which chooses them.
 *
 * Each against plain loops in float64: odd widths, empty rows, one row, arrays that begin anywhere, NaN.
 */
import { describe, expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import { adamRate, stepRows, stepWhole } from './adam.ts'
import { wasmBackend } from './backend.ts'
import { type Activation, activate, activationGradient, addColumnSums } from './elementwise.ts'
import { softmax } from './softmax.ts'
import { heapSpace, openSpace } from './space.ts'
import { gatherSum, sampledDots } from './sparse-rows.ts'
import { type Contribution, groupEntries } from './sparse-rows-grouped.ts'
import type { SparsePattern } from './sparse-rows-pattern.ts'

export function learningSuite(): void {
  elementwiseSuite()
  softmaxSuite()
  sparseSuite()
  stepSuite()

  it('leave nothing of theirs in the shared memory', () => {
    const before = wasmBackend()?.arena.taken()
    const { pattern, values } = half
    gatherSum(pattern, values, numbers(2200 * 120, 't'), 120, new Float32Array(130 * 120))
    expect(wasmBackend()?.arena.taken()).toBe(before)
  })
}

/** Normal numbers in an array that begins one float after an even address. */
export function numbers(length: number, seed: string): Float32Array {
  const rng = createRng(seed)
  return new Float32Array(length + 1).subarray(1).map(() => rng.normal())
}

/** Rows of random columns, the second of them empty; a column may occur twice in a row. */
function randomPattern(rowCount: number, columnCount: number, perRow: number, seed: string): SparsePattern {
  const rng = createRng(seed)
  const pointers = new Int32Array(rowCount + 1)
  for (let row = 0; row < rowCount; row++) pointers[row + 1] = pointers[row] + (row === 1 ? 0 : 1 + rng.int(perRow))
  const columns = new Int32Array(pointers[rowCount]).map(() => rng.int(columnCount))
  return { rowCount, columnCount, pointers, columns }
}

/** Half of 130 × 2,200: sums of 1,100 products. */
export const half = (() => {
  const every = Array.from({ length: 130 }, (_, row) =>
    Array.from({ length: 1100 }, (_, at) => (2 * at + (row % 2)) % 2200),
  )
  const pattern: SparsePattern = {
    rowCount: 130,
    columnCount: 2200,
    pointers: Int32Array.from({ length: 131 }, (_, row) => row * 1100),
    columns: Int32Array.from(every.flat()),
  }
  return { pattern, values: numbers(pattern.columns.length, 'half') }
})()

function expectClose(found: ArrayLike<number>, wanted: ArrayLike<number>, tolerance: number): void {
  expect(found.length).toBe(wanted.length)
  let worst = { error: 0, at: 0 }
  for (let at = 0; at < wanted.length; at++) {
    if (Object.is(found[at], wanted[at])) continue
    const error = Math.abs(found[at] - wanted[at]) / (1 + Math.abs(wanted[at]))
    if (!(error <= worst.error)) worst = { error: Number.isNaN(error) ? Infinity : error, at }
  }
  expect(worst.error, `${found[worst.at]} for ${wanted[worst.at]} at ${worst.at}`).toBeLessThan(tolerance)
}

const bends: Record<Activation, readonly [bend: (x: number) => number, slope: (y: number) => number]> = {
  sigmoid: [(x) => 1 / (1 + Math.exp(-x)), (y) => y * (1 - y)],
  tanh: [Math.tanh, (y) => 1 - y * y],
  relu: [(x) => (x < 0 ? 0 : x), (y) => (y > 0 ? 1 : 0)],
  none: [(x) => x, () => 1],
}

function elementwiseSuite(): void {
  const shapes = [
    [1, 1],
    [1, 1003],
    [1003, 1],
    [77, 7],
    [40, 64],
    [300, 129],
  ]
  describe.each(['sigmoid', 'tanh', 'relu', 'none'] as const)('%s', (activation) => {
    const [bend, slope] = bends[activation]
    it.each(shapes)(
      'is what its formula says, %i × %i numbers, with a bias and without, and so is its slope',
      (...shape) => {
        const [rows, width] = shape
        const inputs = numbers(rows * width, 'inputs').map((x) => 5 * x)
        const bias = numbers(width, 'bias')
        const biased = inputs.slice()
        activate(activation, biased, bias)
        expectClose(
          biased,
          Float64Array.from(inputs, (x, at) => bend(Math.fround(x + bias[at % width]))),
          3e-7,
        )
        const outputs = inputs.slice()
        activate(activation, outputs)
        expectClose(outputs, Float64Array.from(inputs, bend), 3e-7)
        const gradient = numbers(rows * width, 'gradient')
        const wanted = Float64Array.from(gradient, (g, at) => g * slope(outputs[at]))
        activationGradient(activation, outputs, gradient)
        expectClose(gradient, wanted, 1e-6)
      },
    )

    it('lets NaN through to its own output, and does not overflow', () => {
      const values = new Float32Array(600).fill(0.5)
      values.set([NaN, 200, -200, 1e30, -1e30])
      const wanted = Float64Array.from(values, bend)
      activate(activation, values)
      expectClose(values, wanted, 1e-6)
    })
  })

  it.each(shapes)('column sums of %i × %i are added to what is there', (rows, width) => {
    const values = numbers(rows * width, 'values')
    const sums = numbers(width, 'sums')
    const wanted = Float64Array.from(sums)
    values.forEach((value, at) => (wanted[at % width] += value))
    addColumnSums(values, sums)
    expectClose(sums, wanted, 1e-5)
  })
}

function slowSoftmax(inputs: ArrayLike<number>, first: number, end: number) {
  const row = Array.from({ length: end - first }, (_, at) => inputs[first + at])
  const high = row.reduce((a, b) => Math.max(a, b), -Infinity)
  const sum = row.reduce((total, x) => total + Math.exp(x - high), 0)
  return { shares: row.map((x) => Math.exp(x - high) / sum), logSum: high + Math.log(sum) }
}

function softmaxSuite(): void {
  describe('softmax', () => {
    it.each([
      [1, 1],
      [1, 1000],
      [500, 1],
      [31, 67],
    ])(
      'gives shares of one and the log of the sum, for %i rows of %i, however large the numbers',
      (rowCount, width) => {
        const inputs = numbers(rowCount * width, 'inputs').map((x, at) => 20 * x + (at % 2 === 0 ? 0 : 3000))
        const slow = Array.from({ length: rowCount }, (_, row) => slowSoftmax(inputs, row * width, (row + 1) * width))
        const [shares, logSums] = [new Float32Array(inputs.length), new Float32Array(rowCount)]
        softmax({ rowCount, pointers: null, width }, inputs, shares, logSums)
        expectClose(
          shares,
          slow.flatMap((row) => row.shares),
          1e-6,
        )
        expectClose(
          logSums,
          slow.map((row) => row.logSum),
          1e-6,
        )
      },
    )

    it('takes rows of their own lengths, empty ones too, in place; NaN spoils its row only', () => {
      const { rowCount, pointers } = randomPattern(60, 10, 30, 'rows')
      const inputs = numbers(pointers[rowCount], 'inputs')
      inputs[pointers[7]] = NaN
      const slow = Array.from({ length: rowCount }, (_, row) => slowSoftmax(inputs, pointers[row], pointers[row + 1]))
      const logSums = new Float32Array(rowCount)
      const rows = { rowCount, pointers, width: 0 }
      softmax(rows, inputs, null, logSums)
      expectClose(
        logSums,
        slow.map((row) => row.logSum),
        1e-6,
      )
      softmax(rows, inputs, inputs, logSums)
      expectClose(
        inputs,
        slow.flatMap((row) => row.shares),
        1e-6,
      )
      expect(logSums[1]).toBe(-Infinity)
    })
  })
}

function sparseSuite(): void {
  const cases = [
    ...[1, 3, 16, 37, 129].map((width) => [width, randomPattern(50, 90, 40, `p${width}`), 1e-5] as const),
    [120, half.pattern, 1e-4] as const,
  ]
  describe.each(cases)('sparse rows of width %i', (width, pattern, tolerance) => {
    const { rowCount, columnCount, pointers, columns } = pattern
    const values = numbers(columns.length, 'values')
    const table = numbers(columnCount * width, 'table')
    const left = numbers(rowCount * width, 'left')

    it('are gathered and multiplied as by plain loops', () => {
      const sums = numbers(rowCount * width, 'sums')
      const wanted = { sums: Float64Array.from(sums), dots: new Float64Array(columns.length) }
      for (let row = 0; row < rowCount; row++) {
        for (let entry = pointers[row]; entry < pointers[row + 1]; entry++) {
          for (let at = 0; at < width; at++) {
            const number = table[columns[entry] * width + at]
            wanted.sums[row * width + at] += values[entry] * number
            wanted.dots[entry] += left[row * width + at] * number
          }
        }
      }
      const dots = new Float32Array(columns.length)
      gatherSum(pattern, values, table, width, sums)
      sampledDots(pattern, left, table, width, dots)
      expectClose(sums, wanted.sums, tolerance)
      expectClose(dots, wanted.dots, tolerance)
    })

    it('let NaN through to what depends on it', () => {
      const spoilt = table.slice()
      const item = columns[0]
      spoilt.fill(NaN, item * width, (item + 1) * width)
      const sums = new Float32Array(rowCount * width)
      const dots = new Float32Array(columns.length)
      gatherSum(pattern, values, spoilt, width, sums)
      sampledDots(pattern, left, spoilt, width, dots)
      const spoiltDots = [...dots.keys()].filter((entry) => Number.isNaN(dots[entry]))
      expect(spoiltDots).toEqual([...columns.keys()].filter((entry) => columns[entry] === item))
      expect(sums.subarray(0, width).every(Number.isNaN)).toBe(true)
      expect(sums.subarray(width, 2 * width).some(Number.isNaN)).toBe(false)
    })
  })
}

/** A number after its step, by the formula. */
function slowStep(state: { w: number; m: number; v: number }, gradient: number, rate: number, ridge: number): void {
  const slope = gradient + ridge * state.w
  state.m = 0.9 * state.m + 0.1 * slope
  state.v = 0.999 * state.v + 0.001 * slope * slope
  state.w -= (rate * state.m) / (Math.sqrt(state.v) + 1e-8)
}

function stepSuite(): void {
  const ridge = 0.01

  describe.each([1, 499, 2001])('%i numbers that move whole', (length) => {
    const values = numbers(length, 'values')
    const gradients = [0, 1, 2].map((step) => numbers(length, `gradient ${step}`))

    it('follow Adam', () => {
      const state = Array.from(values, (w) => ({ w, m: 0, v: 0 }))
      const found = values.slice()
      const moments = { first: new Float32Array(length), second: new Float32Array(length) }
      gradients.forEach((gradient, at) => {
        const rate = adamRate(0.01, at + 1)
        state.forEach((number, index) => slowStep(number, gradient[index], rate, ridge))
        stepWhole(found, gradient, moments, { rate, ridge })
      })
      expectClose(
        found,
        state.map(({ w }) => w),
        1e-6,
      )
    })

    it('descend', () => {
      const found = values.slice()
      stepWhole(found, gradients[0], null, { rate: 0.1, ridge })
      expectClose(
        found,
        Float64Array.from(values, (w, at) => w - 0.1 * (gradients[0][at] + ridge * w)),
        1e-6,
      )
    })
  })

  /**
   * Two batches on different parts of a table of 200 rows; or one that meets half of everything, all positive: where a
   * gradient cancels to nothing, Adam's first steps show only how it was rounded.
   */
  const parts = (width: number): { rowCount: number; parts: Contribution[] } => {
    if (width === 120) {
      const { pattern } = half
      const coefficients = half.values.map(Math.abs)
      const left = numbers(130 * width, 'left').map(Math.abs)
      return { rowCount: 2210, parts: [{ pattern, firstRow: 10, coefficients, left }] }
    }
    const made = [0, 70].map((firstRow) => {
      const pattern = randomPattern(30, 90, 20, `steps ${firstRow}`)
      const left = width === 1 ? null : numbers(30 * width, `left ${firstRow}`)
      return { pattern, firstRow, coefficients: numbers(pattern.columns.length, `by ${firstRow}`), left }
    })
    return { rowCount: 200, parts: made }
  }

  describe.each([1, 3, 16, 37, 129, 120])('rows of width %i', (width) => {
    const { rowCount, parts: all } = parts(width)
    const values = numbers(rowCount * width, 'values')
    const gradient = new Float64Array(values.length)
    const met = new Set<number>()
    for (const { pattern, firstRow, coefficients, left } of all) {
      for (let row = 0; row < pattern.rowCount; row++) {
        for (let entry = pattern.pointers[row]; entry < pattern.pointers[row + 1]; entry++) {
          const item = firstRow + pattern.columns[entry]
          met.add(item)
          for (let at = 0; at < width; at++) {
            gradient[item * width + at] += coefficients[entry] * (left === null ? 1 : left[row * width + at])
          }
        }
      }
    }

    it.each(['heap', 'space'])('follow Adam where they were met and keep still elsewhere, on the %s', (where) => {
      const space = where === 'heap' ? heapSpace('float32') : openSpace()
      const moving = space.floats(values.length)
      moving.set(values)
      const moments = { first: space.floats(values.length), second: space.floats(values.length) }
      const state = Array.from(values, (w) => ({ w, m: 0, v: 0 }))
      const grouped = groupEntries(all, rowCount, space)
      expect([...grouped.rows]).toEqual([...met].sort((a, b) => a - b))
      for (let step = 1; step <= 3; step++) {
        const rate = adamRate(0.01, step)
        state.forEach((number, at) => {
          if (met.has(Math.floor(at / width))) slowStep(number, gradient[at], rate, ridge)
        })
        stepRows({ values: moving, width, moments }, all, grouped, { rate, ridge }, space)
      }
      expectClose(
        moving,
        state.map(({ w }) => w),
        1e-4,
      )
      const moved = [...values.keys()].filter((at) => moving[at] !== values[at])
      expect(moved.every((at) => met.has(Math.floor(at / width)))).toBe(true)
      expect(moved.length).toBeGreaterThan(0.9 * met.size * width)
      space.release()
    })

    it('descend, and let NaN through to the rows that depend on it', () => {
      const space = openSpace()
      const spoilt = all.map((part) => ({ ...part, coefficients: part.coefficients.slice() }))
      spoilt[0].coefficients[0] = NaN
      const item = all[0].firstRow + all[0].pattern.columns[0]
      const moving = values.slice()
      const table = { values: moving, width, moments: null }
      stepRows(table, spoilt, groupEntries(spoilt, rowCount, space), { rate: 0.1, ridge }, space)
      const wanted = Float64Array.from(values, (w, at) => {
        const row = Math.floor(at / width)
        if (row === item) return NaN
        return met.has(row) ? w - 0.1 * (gradient[at] + ridge * w) : w
      })
      expectClose(moving, wanted, 1e-5)
      space.release()
    })
  })
}
