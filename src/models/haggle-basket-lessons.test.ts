import { describe, expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import { csrFromTriples } from '../kernels/csr.ts'
import { basketsOfRow, stackBaskets } from '../preprocess/baskets.ts'
import { bareInteractions, type Interactions } from '../preprocess/interactions.ts'
import { collectBasketLessons } from './haggle-basket-lessons.ts'
import type { LessonOptions } from './haggle-lessons.ts'

const [rowCount, itemCount] = [30, 6]
const options: LessonOptions = {
  hide: 'auto',
  hideAtLeast: 0,
  folds: 3,
  slice: 0.1,
  maximumSlates: 1000,
  pauseMinutes: 30,
}

/** Row r came r mod 4 times, and always took item 0; lastly item 5 as well. */
function weekly(): Interactions {
  const lists = Array.from({ length: rowCount }, (_, row) =>
    Array.from({ length: row % 4 }, (_, at) => {
      const later = (row % 4) - 1 - at
      return { items: later === 0 ? [0, 5] : [0, 1 + at], ageDays: 7 * later }
    }),
  )
  const latest = lists.map(
    (list) => new Map(list.flatMap(({ items, ageDays }) => items.map((item) => [item, ageDays]))),
  )
  const entries = latest.flatMap((own, row) => [...own].map(([item, age]) => ({ row, item, age })))
  const column = <K extends 'row' | 'item'>(key: K) => entries.map((entry) => entry[key])
  const matrix = csrFromTriples(
    rowCount,
    itemCount,
    column('row'),
    column('item'),
    new Float32Array(entries.length).fill(1),
  )
  const ageDays = Float32Array.from(matrix.columns)
  for (let row = 0; row < rowCount; row++) {
    for (let at = matrix.pointers[row]; at < matrix.pointers[row + 1]; at++) {
      ageDays[at] = latest[row].get(matrix.columns[at]) ?? -1
    }
  }
  const steps = lists.map((list) => list.flatMap(({ items, ageDays: age }) => items.map((item) => ({ item, age }))))
  return {
    ...bareInteractions(matrix),
    ageDays,
    baskets: stackBaskets(lists),
    steps: {
      pointers: Int32Array.from([0, ...steps.map((_, row) => steps.slice(0, row + 1).flat().length)]),
      columns: Int32Array.from(steps.flat(), ({ item }) => item),
      ageDays: Float32Array.from(steps.flat(), ({ age }) => age),
      values: new Float32Array(steps.flat().length).fill(1),
    },
  }
}

describe('lessons from baskets', () => {
  it('hide the last basket of a share of the shoppers, of each who came twice in one part, and nobody else', async () => {
    const data = weekly()
    const hiddenIn: number[][] = []
    const run = { rng: createRng('lessons'), breathe: () => Promise.resolve() }
    const { slates: lessons } = await collectBasketLessons(
      data,
      options,
      (rest) => {
        const { baskets = stackBaskets([]), matrix, ageDays } = rest
        const hidden: number[] = []
        for (let row = 0; row < rowCount; row++) {
          const left = basketsOfRow(baskets, row).ageDays.length
          if (left < row % 4) hidden.push(row)
          expect(left).toBe(hidden.includes(row) ? (row % 4) - 1 : row % 4)
          const own = [...matrix.columns.subarray(matrix.pointers[row], matrix.pointers[row + 1])]
          // What came back stays, as old as the basket before; what was new is gone.
          if (row % 4 > 0) expect(own.includes(5)).toBe(!hidden.includes(row))
          // The steps of that basket are gone, to what was had before as well.
          const stepsLeft = (rest.steps?.pointers[row + 1] ?? 0) - (rest.steps?.pointers[row] ?? 0)
          expect(stepsLeft).toBe(2 * ((row % 4) - (hidden.includes(row) ? 1 : 0)))
          if (row % 4 > 0) expect(ageDays?.[matrix.pointers[row]]).toBe(hidden.includes(row) ? 7 : 0)
        }
        hiddenIn.push(hidden)
        const everything = Int32Array.from({ length: itemCount }, (_, item) => item)
        const mean = new Float32Array(itemCount)
        const features = new Float32Array(itemCount)
        return Promise.resolve({ propose: () => ({ items: everything, mean, scales: [], features }) })
      },
      run,
    )
    const twice = Array.from({ length: rowCount }, (_, row) => row).filter((row) => row % 4 >= 2)
    expect(hiddenIn.flat().sort((a, b) => a - b)).toEqual(twice)
    expect(hiddenIn.filter((rows) => rows.length > 0).length).toBeGreaterThan(1)
    expect(lessons.map(({ row }) => row).sort((a, b) => a - b)).toEqual(twice)
    // Item 0 they had, item 5 they had not: both were chosen.
    for (const { chosen, hidden } of lessons) expect([[...chosen], hidden]).toEqual([[1, 0, 0, 0, 0, 1], 2])
  })
})
