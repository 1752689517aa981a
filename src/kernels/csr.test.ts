import fc from 'fast-check'
import { expect, it } from 'vitest'
import { columnSums, csrFromRows, csrFromTriples, rowOf, rowSums, rowsOf, transpose } from './csr.ts'

const triples = fc.array(fc.tuple(fc.nat(6), fc.nat(8), fc.integer({ min: 1, max: 9 })), { maxLength: 60 })

it('builds sorted rows and adds what repeats', () => {
  fc.assert(
    fc.property(triples, (entries) => {
      const matrix = csrFromTriples(
        7,
        9,
        entries.map(([row]) => row),
        entries.map(([, column]) => column),
        entries.map(([, , value]) => value),
      )
      const dense = new Float64Array(63)
      for (const [row, column, value] of entries) dense[row * 9 + column] += value
      const seen = new Float64Array(63)
      for (let row = 0; row < 7; row++) {
        let last = -1
        for (let at = matrix.pointers[row]; at < matrix.pointers[row + 1]; at++) {
          expect(matrix.columns[at]).toBeGreaterThan(last)
          last = matrix.columns[at]
          seen[row * 9 + last] = matrix.values[at]
        }
      }
      expect(seen).toEqual(dense)
      expect(matrix.pointers[7]).toBe(matrix.columns.length)
      expect(transpose(transpose(matrix))).toEqual(matrix)
    }),
  )
})

it('adds up rows and columns, empty ones included', () => {
  const matrix = csrFromTriples(3, 3, [0, 0, 2], [0, 2, 2], [1, 2, 3])
  expect([...rowSums(matrix)]).toEqual([3, 0, 3])
  expect([...columnSums(matrix)]).toEqual([1, 0, 5])
  expect([...columnSums(matrix, 2)]).toEqual([1, 0, 13])
})

it('takes rows out, in any order, twice and empty ones included', () => {
  const matrix = csrFromTriples(3, 4, [0, 0, 2], [1, 3, 2], [1, 2, 3])
  const [full, empty, last] = [0, 1, 2].map((row) => rowOf(matrix, row))
  expect(full).toEqual({ columns: Int32Array.of(1, 3), values: Float32Array.of(1, 2) })
  expect(empty.columns).toHaveLength(0)
  expect(rowsOf(matrix, Int32Array.of(2, 1, 0, 2))).toEqual(csrFromRows(4, [last, empty, full, last]))
  expect(rowsOf(matrix, Int32Array.of(0, 1, 2))).toEqual(matrix)
  expect(rowsOf(matrix, new Int32Array()).rowCount).toBe(0)
})
