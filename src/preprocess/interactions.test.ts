import { expect, it } from 'vitest'
import { csrFromTriples } from '../kernels/csr.ts'
import {
  bareInteractions,
  interactionsFrom,
  keepEntries,
  keepSteps,
  tableOfSteps,
  weighRows,
  withSteps,
} from './interactions.ts'

it('keeps values and ages with the entries that are kept, and every row', () => {
  const matrix = csrFromTriples(3, 3, [0, 0, 2], [0, 2, 1], [5, 7, 9])
  const kept = keepEntries({ ...bareInteractions(matrix), ageDays: Float32Array.of(1, 2, 3) }, (entry) => entry !== 0)
  expect([...kept.matrix.pointers]).toEqual([0, 1, 1, 2])
  expect([...kept.matrix.columns]).toEqual([2, 1])
  expect([...kept.matrix.values]).toEqual([7, 9])
  expect([...(kept.ageDays ?? [])]).toEqual([2, 3])
})

it('hears rows as far as they are believed, and those that hardly are not at all', () => {
  const matrix = csrFromTriples(3, 3, [0, 0, 1, 2], [0, 2, 1, 1], [5, 7, 9, 3])
  const weighed = weighRows(bareInteractions(matrix), Float32Array.of(1, 0.05, 0.5))
  expect([...weighed.matrix.pointers]).toEqual([0, 2, 2, 3])
  expect([...weighed.matrix.values]).toEqual([5, 7, 3])
  expect([...(weighed.rowWeights ?? [])]).toEqual([1, 0.05, 0.5].map(Math.fround))
})

it('tells the row of each entry', () => {
  const matrix = csrFromTriples(3, 3, [0, 0, 2], [0, 2, 1], [5, 7, 9])
  expect([...keepEntries(bareInteractions(matrix), (_, row) => row === 2).matrix.columns]).toEqual([1])
})

const entries = [
  { row: 1, item: 2, strength: 1, atMs: 1000 },
  { row: 0, item: 0, strength: 3, atMs: 2000 },
  { row: 1, item: 0, strength: 1, atMs: 3000 },
  { row: 1, item: 2, strength: 1, atMs: 4000 },
  { row: 0, item: 0, strength: 2, atMs: 86_400_000 },
]
const table = () => interactionsFrom(entries, { rowCount: 3, itemCount: 3, asOfMs: 86_400_000 })

it('takes the strongest of several entries of a pair, dated by the latest', () => {
  const { matrix, ageDays } = table()
  expect([...matrix.pointers]).toEqual([0, 1, 3, 3])
  expect([...matrix.columns]).toEqual([0, 0, 2])
  expect([...matrix.values]).toEqual([3, 1, 1])
  expect(Array.from(ageDays ?? [], (age) => Math.round(86_400 * age))).toEqual([0, 86_397, 86_396])
})

it('keeps all steps of a row in order, and of them those to what is kept', () => {
  const all = withSteps(table(), entries)
  expect([...(all.steps?.pointers ?? [])]).toEqual([0, 2, 5, 5])
  expect([...(all.steps?.columns ?? [])]).toEqual([0, 0, 2, 0, 2])
  const rest = keepEntries(all, (entry) => entry === 2)
  expect([...(rest.steps?.pointers ?? [])]).toEqual([0, 0, 2, 2])
  expect([...(rest.steps?.columns ?? [])]).toEqual([2, 2])
})

it('knows of each step when it was taken and what its entry was worth then', () => {
  const { steps } = withSteps(table(), entries)
  expect([...(steps?.values ?? [])]).toEqual([3, 3, 1, 1, 1])
  expect(Array.from(steps?.ageDays ?? [], (age) => Math.round(86_400 * age))).toEqual([
    86_398, 0, 86_399, 86_397, 86_396,
  ])
})

it('makes a table of all steps that is the table itself, and of the first ones what it was then', () => {
  const all = withSteps(table(), entries)
  const {
    steps = {
      pointers: Int32Array.of(),
      columns: Int32Array.of(),
      ageDays: Float32Array.of(),
      values: Float32Array.of(),
    },
  } = all
  expect(tableOfSteps(all, steps)).toEqual(all)
  const before = tableOfSteps(
    all,
    keepSteps(steps, (step) => step < 4),
  )
  expect([...before.matrix.pointers]).toEqual([0, 1, 3, 3])
  expect(Array.from(before.ageDays ?? [], (age) => Math.round(86_400 * age))).toEqual([0, 86_397, 86_399])
})
