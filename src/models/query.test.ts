import { describe, expect, it } from 'vitest'
import { dayMs } from '../base/clock.ts'
import type { ItemId } from '../domain/ids.ts'
import { queryFromBaskets, queryFromHistory } from './query.ts'

const nowMs = 20_000 * dayMs
const entry = (item: string, ageDays: number, weight = 1) => ({
  itemId: item as ItemId,
  weight,
  lastMs: nowMs - ageDays * dayMs,
})
const known = ['a', 'b', 'c']
const ask = (history: ReturnType<typeof entry>[], limit = 200) =>
  queryFromHistory(history, {
    indexOf: (id) => known.indexOf(id),
    halfLifeDays: 60,
    nowMs,
    limit,
    features: null,
  })

describe('queryFromHistory', () => {
  it('halves a weight with every half-life, and leaves out what is unknown or taken back', () => {
    const { items, weights, ageDays } = ask([entry('c', 120, 4), entry('x', 1), entry('b', 1, -2), entry('a', 0)])
    expect([...items]).toEqual([2, 0])
    expect([...weights]).toEqual([1, 1])
    expect([...(ageDays ?? [])]).toEqual([120, 0])
  })

  it('keeps the latest where there are more than it may look at', () => {
    expect([...ask([entry('a', 3), entry('b', 2), entry('c', 1)], 2).items]).toEqual([1, 2])
  })

  it('still knows a taste after thirty years, the newer before the older', () => {
    const { weights } = ask([entry('a', 30 * 365 + 60), entry('b', 30 * 365)])
    expect(weights[1]).toBeGreaterThan(1e-4)
    expect(weights[0] / weights[1]).toBeCloseTo(0.5)
  })
})

describe('queryFromBaskets', () => {
  it('holds what was bought, kept and is known, in its baskets', () => {
    const at = (days: number) => nowMs - days * dayMs
    const bought = (item: string, purchases: number, days: number | null) => ({
      itemId: item as ItemId,
      purchases,
      lastPurchaseMs: days === null ? null : at(days),
    })
    const basket = (days: number, ...ids: string[]) => ({ items: ids as ItemId[], firstMs: at(days), lastMs: at(days) })
    const { items, weights, baskets } = queryFromBaskets(
      [bought('c', 2, 1), bought('a', 1, 60), bought('b', 0, 5), bought('x', 1, 2)],
      [basket(60, 'a', 'b', 'c'), basket(5, 'b'), basket(1, 'c', 'x')],
      { indexOf: (id) => known.indexOf(id), halfLifeDays: 60, nowMs, limit: 10, features: null, weight: 4 },
    )
    expect([...items]).toEqual([0, 2])
    expect(weights[0]).toBeCloseTo(2)
    expect([...(baskets?.starts ?? [])]).toEqual([0, 2, 3])
    expect([...(baskets?.items ?? [])]).toEqual([0, 2, 2])
    expect([...(baskets?.ageDays ?? [])]).toEqual([60, 1])
  })
})
