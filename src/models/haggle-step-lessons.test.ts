import { describe, expect, it } from 'vitest'
import { dayMs } from '../base/clock.ts'
import { createRng } from '../base/rng.ts'
import { type Interactions, interactionsFrom, latestSteps, withSteps } from '../preprocess/interactions.ts'
import { historySignals } from './haggle-history.ts'
import { collectStepLessons } from './haggle-step-lessons.ts'
import type { LessonOptions } from './haggle-lessons.ts'
import type { Query } from './model.ts'

const [rowCount, itemCount] = [24, 6]
const common = { hideAtLeast: 0, folds: 3, slice: 0.1, maximumSlates: 1000, pauseMinutes: 30 }

/** Everyone looks at 0, 1, then 0 again on the first day; on the fifth row r puts 0 to a strength of 5 where r is even. */
function visits(): Interactions {
  const entries = Array.from({ length: rowCount }, (_, row) => [
    { row, item: 0, strength: 1, atMs: 0 },
    { row, item: 1, strength: 1, atMs: 60_000 },
    { row, item: 0, strength: 1, atMs: 120_000 },
    { row, item: 2, strength: 1, atMs: 5 * dayMs },
    { row, item: 0, strength: row % 2 === 0 ? 5 : 1, atMs: 5 * dayMs + 60_000 },
  ]).flat()
  return withSteps(interactionsFrom(entries, { rowCount, itemCount, asOfMs: 6 * dayMs }), entries)
}

/** Whom it asked what, and what was hidden from those who were taught meanwhile. */
async function collect(options: LessonOptions, data = visits()) {
  const queries: Query[] = []
  const rests: Interactions[] = []
  const run = { rng: createRng('lessons'), breathe: () => Promise.resolve() }
  const { slates, signals } = await collectStepLessons(
    data,
    options,
    (rest) => {
      rests.push(rest)
      return Promise.resolve({
        propose: (query) => {
          queries.push(query)
          const items = Int32Array.from({ length: itemCount }, (_, item) => item)
          return { items, features: Float32Array.of(rests.length - 1), mean: new Float32Array(itemCount), scales: [] }
        },
      })
    },
    run,
  )
  return { slates, signals, queries, rests }
}

const itemsOf = ({ matrix: { pointers, columns } }: Interactions, row: number) => [
  ...columns.subarray(pointers[row], pointers[row + 1]),
]

describe('lessons from steps', () => {
  it('ask after every step of a visit that was hidden whole for the one after, by the clock of that step', async () => {
    const { slates, signals, queries, rests } = await collect({ ...common, hide: 'steps' })
    expect(signals).toEqual(historySignals)
    expect(slates).toHaveLength(4 * rowCount)
    slates.forEach(({ row, features: [part], chosen }, at) => {
      expect(itemsOf(rests[part], row)).toEqual([])
      expect(rests[part].steps?.pointers[row + 1]).toBe(rests[part].steps?.pointers[row])
      const { items, ageDays, weights } = queries[at]
      const next = { '0': 1, '0,1': 0, '1,0': 2, '1,0,2': 0 }[items.join()]
      expect([...chosen.keys()].filter((item) => chosen[item] === 1)).toEqual([next])
      expect(ageDays?.at(-1)).toBe(0)
      expect([...weights]).toEqual(Array.from(items, () => 1))
    })
    // Others are there to learn from, whole.
    for (const [part, rest] of rests.entries()) {
      const hidden = new Set(slates.filter(({ features }) => features[0] === part).map(({ row }) => row))
      for (let row = 0; row < rowCount; row++) if (!hidden.has(row)) expect(itemsOf(rest, row)).toEqual([0, 1, 2])
    }
  })

  it('ask before a visit for what was first brought to a strength in it', async () => {
    const { slates, queries, rests } = await collect({ ...common, hide: 'visit', hideAtLeast: 5 })
    expect(slates.map(({ row }) => row).sort((a, b) => a - b)).toEqual(
      Array.from({ length: rowCount / 2 }, (_, at) => 2 * at),
    )
    slates.forEach(({ row, features: [part], chosen }, at) => {
      expect([...chosen]).toEqual([1, 0, 0, 0, 0, 0])
      expect(itemsOf(rests[part], row)).toEqual([0, 1])
      const { items, ageDays, weights } = queries[at]
      expect([...items]).toEqual([1, 0])
      expect([...weights]).toEqual([1, 1])
      expect(Array.from(ageDays ?? [], (age) => Math.round(24 * 60 * age))).toEqual([5 * 24 * 60 - 1, 5 * 24 * 60 - 2])
    })
  })

  it('ask of a later visit only models that learnt from what came before', async () => {
    // Row r buys item r mod 6 on day r; everyone looked at everything on the day before the first.
    const entries = Array.from({ length: rowCount }, (_, row) => [
      ...Array.from({ length: itemCount }, (_, item) => ({ row, item, strength: 1, atMs: 0 })),
      { row, item: row % itemCount, strength: 5, atMs: (row + 1) * dayMs },
    ]).flat()
    const shape = { rowCount, itemCount, asOfMs: 30 * dayMs }
    const data = withSteps(interactionsFrom(entries, shape), entries)
    const { slates, rests } = await collect({ ...common, hide: 'visit', hideAtLeast: 5 }, data)
    // A quarter comes before the first of the three cuts.
    expect(slates.map(({ row }) => row).sort((a, b) => a - b)).toEqual(Array.from({ length: 18 }, (_, at) => 6 + at))
    const bought = rests.map(({ matrix }) => [...matrix.values].filter((value) => value === 5).length)
    expect(bought).toEqual([6, 12, 18])
    for (const [part, rest] of rests.entries()) {
      expect(rest.asOfMs).toBe((bought[part] + 1) * dayMs)
      expect(Math.min(...(rest.ageDays ?? []))).toBe(1)
      const asked = slates.filter(({ features }) => features[0] === part).map(({ row }) => row)
      expect(asked.every((row) => row >= bought[part] && row < bought[part] + 6)).toBe(true)
    }
  })

  it('hide all that was done in a visit where any step counts', async () => {
    const { slates } = await collect({ ...common, hide: 'visit' })
    expect(slates).toHaveLength(rowCount)
    for (const { chosen } of slates) expect([...chosen]).toEqual([1, 0, 1, 0, 0, 0])
  })
})

describe('the latest steps', () => {
  it('stand in the order in which they were taken', () => {
    const { steps } = visits()
    expect(steps && [...latestSteps(steps, 0, 3)]).toEqual([
      [1, 1],
      [0, 2],
    ])
  })
})
