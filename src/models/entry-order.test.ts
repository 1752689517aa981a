import { expect, it } from 'vitest'
import { interactionsFrom } from '../preprocess/interactions.ts'
import { entryOrder, momentsSince } from './entry-order.ts'

const row = (times: readonly number[]) =>
  interactionsFrom(
    times.map((atMs, item) => ({ row: 0, item, strength: 1, atMs })),
    { rowCount: 1, itemCount: times.length, asOfMs: 9_000_000 },
  )

it('puts the oldest first and what happened at once into one moment', () => {
  const { entries, moments } = entryOrder(row([3_000_000, 1_000_000, 3_000_000, 2_000_000]))
  expect([...entries]).toEqual([1, 3, 0, 2])
  expect([...moments]).toEqual([0, 1, 2, 2])
})

it('takes a row without times as one moment', () => {
  const { entries, moments } = entryOrder({ ...row([3, 1, 2]), ageDays: null })
  expect([...entries]).toEqual([0, 1, 2])
  expect([...moments]).toEqual([0, 0, 0])
  expect([...momentsSince(null, 3)]).toEqual([0, 0, 0])
})

it('counts the moments after each item of a question', () => {
  expect([...momentsSince(Float32Array.from([9, 4, 4, 1]), 4)]).toEqual([2, 1, 1, 0])
  expect([...momentsSince(new Float32Array(0), 0)]).toEqual([])
})
