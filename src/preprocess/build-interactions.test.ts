import { describe, expect, it } from 'vitest'
import { dayMs, minuteMs } from '../base/clock.ts'
import { defaultConfig } from '../base/config.ts'
import { createVocabulary } from '../base/vocabulary.ts'
import type { EventType, ShopEvent } from '../domain/event.ts'
import type { ItemId } from '../domain/ids.ts'
import { buildInteractions, type BuildOptions } from './build-interactions.ts'
import { cleanLog } from './clean.ts'
import { tableOfSteps } from './interactions.ts'
import { buildSequences } from './sequences.ts'

const config = defaultConfig().preprocess
const start = Date.UTC(2024, 0, 1)
const asOfMs = start + 100 * dayMs

type Step = readonly [user: string, type: EventType, item: string, minutes: number, quantity?: number, order?: string]

async function logOf(steps: readonly Step[]) {
  async function* stream() {
    yield steps.map(([userId, type, itemId, minutes, quantity = 1, orderId = null]) => {
      const absent = { query: null, queryId: null, position: null, rating: null, priceMinor: null, name: '' }
      return {
        ...absent,
        userId,
        type,
        itemId,
        quantity,
        orderId,
        timeMs: start + minutes * minuteMs,
      } as unknown as ShopEvent
    })
  }
  return (await cleanLog(stream(), { config, nowMs: asOfMs, item: () => undefined })).log
}

async function build(steps: readonly Step[], changes: Partial<BuildOptions> = {}) {
  const log = await logOf(steps)
  const { weights } = config
  const base = { rows: 'users', items: log.items, asOfMs, weights, halfLifeDays: 1e9 } as const
  const built = buildInteractions(log, { ...base, ...changes })
  const { pointers, columns, values } = built.interactions.matrix
  const items = changes.items ?? log.items
  const rows = [...built.rowKeys].map((_, row) =>
    Object.fromEntries(
      Array.from({ length: pointers[row + 1] - pointers[row] }, (_unused, at) => [
        items.idOf(columns[pointers[row] + at]),
        Math.round(values[pointers[row] + at] * 1e4) / 1e4,
      ]),
    ),
  )
  return { ...built, rows }
}

const day = 24 * 60

describe('the table models learn from', () => {
  it('adds up the weights of a pair’s events and forgets what was returned', async () => {
    const { rows, interactions } = await build([
      ['ann', 'view', 'cup', 0],
      ['ann', 'purchase', 'cup', 1, 4],
      ['ann', 'purchase', 'jug', 2],
      ['bob', 'purchase', 'jug', 3],
      ['ann', 'return', 'jug', 9],
      ['bob', 'view', 'cup', 9],
      ['ann', 'return', 'cup', 10, 1],
    ])
    expect(rows).toEqual([{ cup: 1 + 5 - 5 / 4 }, { cup: 1, jug: 5 }])
    expect(interactions.matrix.pointers).toEqual(Int32Array.of(0, 1, 3))
    expect(interactions.ageDays?.[0]).toBeCloseTo(100 - 10 / day)
  })

  it('halves strengths each half-life and never reads past its moment', async () => {
    const steps: Step[] = [
      ['ann', 'view', 'cup', 0],
      ['ann', 'view', 'jug', 10 * day],
      ['ann', 'view', 'pot', 20 * day],
    ]
    const { rows } = await build(steps, { asOfMs: start + 20 * dayMs, halfLifeDays: 10 })
    expect(rows).toEqual([{ cup: 0.25, jug: 0.5 }])
    const future = await build(steps, { asOfMs: start + 5 * dayMs, fromMs: start + 5 * dayMs, untilMs: asOfMs })
    expect(future.rows).toEqual([{ jug: 1, pot: 1 }])
  })

  it('makes rows of visits and of baskets, and says whose they are', async () => {
    const steps: Step[] = [
      ['ann', 'view', 'cup', 0],
      ['bob', 'purchase', 'jug', 1, 1, 'A'],
      ['ann', 'purchase', 'jug', 5],
      ['ann', 'purchase', 'cup', 6],
      ['bob', 'purchase', 'cup', 90, 1, 'A'],
    ]
    const visits = await build(steps, { rows: 'sessions' })
    expect(visits.rows).toEqual([{ cup: 6, jug: 5 }, { jug: 5 }, { cup: 5 }])
    expect([...visits.rowUsers]).toEqual([0, 1, 1])
    const baskets = await build(steps, { rows: 'baskets' })
    expect(baskets.rows).toEqual([
      { cup: 5, jug: 5 },
      { cup: 5, jug: 5 },
    ])
    expect([...baskets.rowUsers]).toEqual([1, 0])
  })

  it('keeps to the items, types and latest entries asked for, and keeps empty rows where asked', async () => {
    const steps: Step[] = [
      ['ann', 'view', 'cup', 0],
      ['ann', 'purchase', 'jug', 1],
      ['ann', 'view', 'pot', 2],
      ['bob', 'view', 'odd', 3],
    ]
    const items = createVocabulary(['pot', 'jug', 'cup'] as ItemId[])
    expect((await build(steps, { items })).rows).toEqual([{ pot: 1, jug: 5, cup: 1 }])
    expect((await build(steps, { items, keepEmptyRows: true })).rows).toHaveLength(2)
    expect((await build(steps, { types: ['purchase'] })).rows).toEqual([{ jug: 5 }])
    expect((await build(steps, { items, maximumRowLength: 2 })).rows).toEqual([{ pot: 1, jug: 5 }])
  })
})

it('sequences keep the order of time, fold repeats in a row and cut at the front', async () => {
  const log = await logOf([
    ['ann', 'view', 'cup', 0],
    ['ann', 'addToCart', 'cup', 1],
    ['bob', 'view', 'pot', 1],
    ['ann', 'view', 'jug', 2],
    ['ann', 'view', 'cup', 3],
  ])
  const read = (limit?: number) => {
    const { pointers, items, rowKeys } = buildSequences(log, { rows: 'users', items: log.items, maximumLength: limit })
    return [...rowKeys].map((_, row) =>
      [...items.subarray(pointers[row], pointers[row + 1])].map((item) => log.items.idOf(item)),
    )
  }
  expect(read()).toEqual([['cup', 'jug', 'cup'], ['pot']])
  expect(read(2)).toEqual([['jug', 'cup'], ['pot']])
})

describe('steps', () => {
  it('are every event in order, and the table is what they lead to', async () => {
    const log: Step[] = [
      ['ann', 'view', 'cup', 0],
      ['ann', 'view', 'pan', 1],
      ['ann', 'addToCart', 'cup', 2],
      ['bob', 'purchase', 'pot', 3],
      ['bob', 'return', 'pot', 4],
      ['bob', 'view', 'cup', 2000],
    ]
    const { interactions } = await build(log, { keepSteps: true, halfLifeDays: 5 })
    const { steps = assertSteps() } = interactions
    const ann = [...steps.columns.subarray(0, steps.pointers[1])]
    expect([ann.length, ann[0] === ann[2], ann[0] === ann[1]]).toEqual([3, true, false])
    // What was sent back is no entry, and leaves no step.
    expect(steps.pointers[2] - steps.pointers[1]).toBe(1)
    const { firstAgeDays: _, ...table } = interactions
    expect(tableOfSteps(interactions, steps)).toEqual(table)
  })

  it('are not there unless asked for', async () => {
    expect((await build([['ann', 'view', 'cup', 0]])).interactions.steps).toBeUndefined()
  })
})

function assertSteps(): never {
  throw new Error('the table keeps no steps')
}
