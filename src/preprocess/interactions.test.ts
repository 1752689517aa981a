import { expect, it } from 'vitest'
import { csrFromTriples } from '../kernels/csr.ts'
import { bareInteractions, keepEntries } from './interactions.ts'

it('keeps values and ages with the entries that are kept, and every row', () => {
  const matrix = csrFromTriples(3, 3, [0, 0, 2], [0, 2, 1], [5, 7, 9])
  const kept = keepEntries({ ...bareInteractions(matrix), ageDays: Float32Array.of(1, 2, 3) }, (entry) => entry !== 0)
  expect([...kept.matrix.pointers]).toEqual([0, 1, 1, 2])
  expect([...kept.matrix.columns]).toEqual([2, 1])
  expect([...kept.matrix.values]).toEqual([7, 9])
  expect([...(kept.ageDays ?? [])]).toEqual([2, 3])
})

it('tells the row of each entry', () => {
  const matrix = csrFromTriples(3, 3, [0, 0, 2], [0, 2, 1], [5, 7, 9])
  expect([...keepEntries(bareInteractions(matrix), (_, row) => row === 2).matrix.columns]).toEqual([1])
})
