import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import { gatherSum, sampledDots, scatterOuter } from './sparse-rows.ts'
import type { SparsePattern } from './sparse-rows-pattern.ts'

const close = (actual: ArrayLike<number>, expected: ArrayLike<number>) => {
  expect(actual.length).toBe(expected.length)
  for (let at = 0; at < actual.length; at++) expect(actual[at]).toBeCloseTo(expected[at], 9)
}

function normals(length: number, seed: string): Float64Array {
  const rng = createRng(seed)
  return new Float64Array(length).map(() => rng.normal())
}

const sparse = fc.record({
  width: fc.integer({ min: 1, max: 11 }),
  rows: fc.array(fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 5 }), { minLength: 1, maxLength: 6 }),
})

function patternOf(rows: readonly (readonly number[])[]): SparsePattern {
  const pointers = Int32Array.from([0, ...rows.map((_, row) => rows.slice(0, row + 1).flat().length)])
  return { rowCount: rows.length, columnCount: 7, pointers, columns: Int32Array.from(rows.flat()) }
}

describe('sparse kernels', () => {
  it('equal the dense products they stand for, with empty rows and repeated items', () => {
    fc.assert(
      fc.property(sparse, ({ width, rows }) => {
        const pattern = patternOf(rows)
        const entries = pattern.columns.length
        const values = normals(entries, 'v')
        const table = normals(7 * width, 't')
        const left = normals(rows.length * width, 'l')
        const rowOf = (entry: number) => pattern.pointers.findIndex((start, row) => row > 0 && entry < start) - 1

        const sums = new Float64Array(rows.length * width)
        const dots = new Float64Array(entries)
        const outer = new Float64Array(7 * width)
        const expected = { sums: sums.slice(), dots: dots.slice(), outer: outer.slice() }
        for (let entry = 0; entry < entries; entry++) {
          for (let at = 0; at < width; at++) {
            const inRow = rowOf(entry) * width + at
            const inTable = pattern.columns[entry] * width + at
            expected.sums[inRow] += values[entry] * table[inTable]
            expected.dots[entry] += left[inRow] * table[inTable]
            expected.outer[inTable] += values[entry] * left[inRow]
          }
        }
        gatherSum(pattern, values, table, width, sums)
        sampledDots(pattern, left, table, width, dots)
        scatterOuter(pattern, values, left, width, outer)
        close(sums, expected.sums)
        close(dots, expected.dots)
        close(outer, expected.outer)
      }),
      { numRuns: 100 },
    )
  })
})
