import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import { type BackendName, backendNames, useBackend } from './backend.ts'
import { createItemTable } from './item-table.ts'
import { topK } from './top-k.ts'

const shapes = [
  [1, 1],
  [3, 5],
  [4, 16],
  [7, 17],
  [130, 33],
  [501, 64],
  [66, 129],
] as const

function random(length: number, seed: string): Float32Array {
  const rng = createRng(seed)
  return new Float32Array(length).map(() => rng.normal())
}

function slowDots(
  values: ArrayLike<number>,
  rows: number,
  width: number,
  vector: ArrayLike<number>,
  bias: Float32Array,
) {
  return Float64Array.from({ length: rows }, (_, row) => {
    let sum = bias[row]
    for (let at = 0; at < width; at++) sum += values[row * width + at] * vector[at]
    return sum
  })
}

function expectClose(found: ArrayLike<number>, wanted: ArrayLike<number>, tolerance: number) {
  expect(found.length).toBe(wanted.length)
  for (let at = 0; at < wanted.length; at++) {
    expect(Math.abs(found[at] - wanted[at])).toBeLessThan(tolerance * (1 + Math.abs(wanted[at])))
  }
}

/** The nearest whole 127ths of the largest of each row, by the definition. */
function rounded(values: Float32Array, rows: number, width: number): Float64Array {
  const result = new Float64Array(values.length)
  for (let row = 0; row < rows; row++) {
    const line = values.subarray(row * width, (row + 1) * width)
    const scale = Math.fround(line.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) / 127)
    line.forEach((value, at) => (result[row * width + at] = scale * Math.round(value / scale)))
  }
  return result
}

describe.each(backendNames)('an item table on %s', (name: BackendName) => {
  beforeAll(() => useBackend({ backend: name, threads: 1 }))
  afterAll(() => useBackend({ backend: null, threads: null }))

  it.each(shapes)('scores %i rows of %i numbers as a plain loop does, with and without a bias', (rows, width) => {
    const [values, vector, bias] = [random(rows * width, 'v'), random(width, 'q'), random(rows, 'b')]
    const scores = new Float32Array(rows).fill(NaN)
    createItemTable(values, rows, width, { bias }).dots(vector, scores)
    expectClose(scores, slowDots(values, rows, width, vector, bias), 1e-5)
    createItemTable(values, rows, width).dots(Float64Array.from(vector), scores)
    expectClose(scores, slowDots(values, rows, width, vector, new Float32Array(rows)), 1e-5)
  })

  it.each(shapes)('scores %i rows of %i bytes by exact sums of whole numbers', (rows, width) => {
    const [values, vector, bias] = [random(rows * width, 'v'), random(width, 'q'), random(rows, 'b')]
    const scores = new Float32Array(rows)
    createItemTable(values, rows, width, { bias, precision: 'int8' }).dots(vector, scores)
    const wanted = slowDots(rounded(values, rows, width), rows, width, rounded(vector, 1, width), bias)
    expectClose(scores, wanted, 2e-6)
  })

  it('sums bytes of the largest size over many columns without losing one', () => {
    const width = 20_001
    const scores = new Float32Array(2)
    const values = new Float32Array(2 * width).map((_, at) => (at < width ? 127 : -127))
    createItemTable(values, 2, width, { precision: 'int8' }).dots(new Float32Array(width).fill(127), scores)
    expect([...scores]).toEqual([Math.fround(127 * 127 * width), -Math.fround(127 * 127 * width)])
    expect(() => createItemTable(new Float32Array(0), 0, 140_000, { precision: 'int8' })).toThrow(/use float32/)
  })

  it.each(shapes)('adds up rows of %i × %i, repeated ones too, exact to 1e-6 of the sizes added', (rows, width) => {
    const values = random(rows * width, 'v')
    const rng = createRng('rows')
    for (const precision of ['float32', 'int8'] as const) {
      const held = precision === 'int8' ? rounded(values, rows, width) : values
      const table = createItemTable(values, rows, width, { precision })
      // More than are laid out at a time, and numbers that four does not divide.
      for (const count of [0, 1, 6, 1027]) {
        const which = new Int32Array(count).map(() => rng.int(rows))
        const strengths = random(count, 's')
        const sums = random(width, 'start')
        const wanted = Float64Array.from(sums)
        const sizes = wanted.map(Math.abs)
        for (let entry = 0; entry < count; entry++) {
          for (let at = 0; at < width; at++) {
            const added = strengths[entry] * held[which[entry] * width + at]
            wanted[at] += added
            sizes[at] += Math.abs(added)
          }
        }
        table.combine(which, strengths, sums)
        sums.forEach((sum, at) => expect(Math.abs(sum - wanted[at])).toBeLessThan(1e-6 * sizes[at]))
      }
    }
  })

  it.each(shapes)(
    'picks from %i rows of %i what its scores say, ties by the lower row, masked ones never',
    (rows, width) => {
      // Few different numbers: many ties.
      const rng = createRng('ties')
      const values = new Float32Array(rows * width).map(() => rng.int(3) - 1)
      const vector = new Float32Array(width).map(() => rng.int(3) - 1)
      const bias = new Float32Array(rows).map(() => rng.int(2))
      const skip = new Uint8Array(rows).map(() => (rng.next() < 0.3 ? 1 : 0))
      for (const precision of ['float32', 'int8'] as const) {
        const table = createItemTable(values, rows, width, { bias, precision })
        const scores = new Float32Array(rows)
        table.dots(vector, scores)
        for (const k of [0, 1, 5, 100, 1000]) {
          for (const mask of [null, skip, new Uint8Array(rows).fill(1)]) {
            const best = table.best(vector, k, mask)
            expect([...best.rows]).toEqual([...topK(scores, k, mask)])
            expect([...best.scores]).toEqual([...best.rows].map((row) => scores[row]))
          }
        }
      }
    },
  )

  it('lets NaN through to the scores that depend on it, and never picks one', () => {
    const values = random(40 * 6, 'v')
    values[6 * 7 + 2] = NaN
    values[6 * 9] = Infinity
    for (const precision of ['float32', 'int8'] as const) {
      const table = createItemTable(values, 40, 6, { precision })
      const scores = new Float32Array(40)
      table.dots(Float32Array.of(0, 1, 1, 1, 1, 1), scores)
      scores.forEach((score, row) => expect(Number.isNaN(score)).toBe(row === 7 || row === 9))
      expect([...table.best(Float32Array.of(0, 1, 1, 1, 1, 1), 40, null).rows].sort((a, b) => a - b)).toEqual(
        Array.from({ length: 40 }, (_, row) => row).filter((row) => row !== 7 && row !== 9),
      )
      table.dots(Float32Array.of(NaN, 1, 1, 1, 1, 1), scores)
      expect(scores.every(Number.isNaN)).toBe(true)
      expect(table.best(Float32Array.of(NaN, 1, 1, 1, 1, 1), 5, null).rows).toHaveLength(0)
    }
  })

  it('is a copy, gives copies, and what it gives makes the same table again', () => {
    const values = random(9 * 7, 'v')
    const given = values.slice()
    for (const precision of ['float32', 'int8'] as const) {
      const table = createItemTable(given, 9, 7, { precision })
      given.fill(5)
      const out = table.values()
      expectClose(out, precision === 'int8' ? rounded(values, 9, 7) : values, 1e-6)
      expect([...table.rows(Int32Array.of(8, 0, 8))]).toEqual([
        ...out.subarray(56),
        ...out.subarray(0, 7),
        ...out.subarray(56),
      ])
      const again = createItemTable(out, 9, 7, { precision })
      out.fill(3)
      expectClose(again.values(), table.values(), 1e-6)
      given.set(values)
    }
  })

  it('can be made and dropped thousands of times', () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const scores = new Float32Array(1000)
    collect()
    const before = process.memoryUsage().rss
    for (let round = 0; round < 3000; round++) {
      createItemTable(new Float32Array(64_000).fill(round), 1000, 64).dots(new Float32Array(64).fill(1), scores)
      if (round % 500 === 499) collect()
      expect(scores[999]).toBe(64 * round)
    }
    collect()
    // Kept, they would be more than 750 MB.
    expect(process.memoryUsage().rss - before).toBeLessThan(200e6)
  })
})
