import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createBreathe } from '../base/breathe.ts'
import { createRng } from '../base/rng.ts'
import { csrFromTriples } from './csr.ts'
import { gram } from './gram.ts'

it('counts together what occurs together, for every shape, with empty rows and columns', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 140 }),
      fc.nat(),
      async (rows, columns, seed) => {
        const rng = createRng(seed)
        const dense = new Float64Array(rows * columns).map(() => (rng.next() < 0.3 ? rng.int(5) + 1 : 0))
        const at = [...dense.keys()].filter((index) => dense[index] > 0)
        const matrix = csrFromTriples(
          rows,
          columns,
          at.map((index) => Math.floor(index / columns)),
          at.map((index) => index % columns),
          at.map((index) => dense[index]),
        )
        const found = await gram(matrix, createBreathe())
        const wanted = new Float32Array(columns * columns)
        for (let i = 0; i < columns; i++) {
          for (let j = 0; j < columns; j++) {
            for (let row = 0; row < rows; row++) {
              wanted[i * columns + j] += dense[row * columns + i] * dense[row * columns + j]
            }
          }
        }
        expect(found).toEqual(wanted)
      },
    ),
    { numRuns: 30 },
  )
})

it('lets NaN through to the items of its row', async () => {
  const matrix = csrFromTriples(2, 3, [0, 0, 1, 1], [0, 1, 1, 2], [NaN, 1, 1, 1])
  const found = await gram(matrix, createBreathe())
  expect([...found]).toEqual([NaN, NaN, 0, NaN, 2, 1, 0, 1, 1])
})

it('stops when it is cancelled', async () => {
  const matrix = csrFromTriples(1, 3, [0, 0], [0, 1], [1, 1])
  await expect(gram(matrix, createBreathe(AbortSignal.abort()))).rejects.toMatchObject({ code: 'cancelled' })
})
