import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createBreathe } from '../base/breathe.ts'
import { createRng } from '../base/rng.ts'
import { type Csr, csrFromTriples } from './csr.ts'
import { sparseProduct } from './sparse-product.ts'

function random(rows: number, columns: number, seed: number): { dense: Float64Array; matrix: Csr } {
  const rng = createRng(seed)
  const dense = new Float64Array(rows * columns).map(() => (rng.next() < 0.4 ? rng.int(4) + 1 : 0))
  const at = [...dense.keys()].filter((index) => dense[index] > 0)
  const matrix = csrFromTriples(
    rows,
    columns,
    at.map((index) => Math.floor(index / columns)),
    at.map((index) => index % columns),
    at.map((index) => dense[index]),
  )
  return { dense, matrix }
}

it('keeps the highest entries of the scaled product of each row, for every shape', async () => {
  const side = fc.integer({ min: 1, max: 8 })
  await fc.assert(
    fc.asyncProperty(side, side, side, fc.integer({ min: 1, max: 9 }), fc.boolean(), fc.nat(), async (...drawn) => {
      const [rows, middle, columns, keep, skipDiagonal, seed] = drawn
      const left = random(rows, middle, seed)
      const right = random(middle, columns, seed + 1)
      const rowNorms = new Float64Array(rows).map((_, row) => row + 1)
      const columnNorms = new Float64Array(columns).map((_, column) => 1 / (column + 2))
      const options = { rowNorms, columnNorms, shrinkage: 0.5, keep, skipDiagonal, breathe: createBreathe() }
      const found = await sparseProduct(left.matrix, right.matrix, options)
      expect(found.pointers[rows]).toBe(found.columns.length)
      for (let row = 0; row < rows; row++) {
        const entries: [number, number][] = []
        for (let column = 0; column < columns; column++) {
          let sum = 0
          for (let at = 0; at < middle; at++) sum += left.dense[row * middle + at] * right.dense[at * columns + column]
          const value = sum / (rowNorms[row] * columnNorms[column] + 0.5)
          if (value > 0 && !(skipDiagonal && row === column)) entries.push([column, value])
        }
        entries.sort((a, b) => b[1] - a[1] || a[0] - b[0])
        const kept = entries.slice(0, keep).sort((a, b) => a[0] - b[0])
        const [from, to] = [found.pointers[row], found.pointers[row + 1]]
        expect([...found.columns.subarray(from, to)]).toEqual(kept.map(([column]) => column))
        expect([...found.values.subarray(from, to)]).toEqual(kept.map(([, value]) => Math.fround(value)))
      }
    }),
  )
})

it('never keeps NaN', async () => {
  const left = csrFromTriples(1, 1, [0], [0], [1])
  const right = csrFromTriples(1, 2, [0, 0], [0, 1], [NaN, 1])
  const norms = { rowNorms: Float64Array.of(1), columnNorms: Float64Array.of(1, 1) }
  const options = { ...norms, shrinkage: 0, keep: 2, skipDiagonal: false, breathe: createBreathe() }
  expect([...(await sparseProduct(left, right, options)).columns]).toEqual([1])
})
