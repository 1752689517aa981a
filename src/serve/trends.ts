/**
 * What is popular, and what rises: live counts of what shoppers do with each item, which fade with time.
 *
 * Every event adds its weight (a view little, a purchase much, a return takes back) to two sums that halve every h
 * hours: one fast (`trendHalfLifeHours`), one eight times slower. The slow one, scaled to the fast one's horizon, is
 * what the item's own past lets expect:
 *
 *   trend = recent · lift,   lift = (recent + 3) / (expected + 3) within [1/4, 4]
 *
 * The 3 keeps two views of an unknown item from being a sensation. Sums are kept forward-decayed (Cormode et al. 2009:
 * weight · 2^((t − origin) / h)), so that time passing costs nothing and all items are compared by one factor.
 * Memory: 16 bytes an item.
 */
import { hourMs } from '../base/clock.ts'
import { createVocabulary } from '../base/vocabulary.ts'
import type { EventType } from '../domain/event.ts'
import type { ItemId } from '../domain/ids.ts'
import { createTopK } from '../kernels/top-k.ts'

/** How much an item is in demand: `trend` rises against its own past, `popularity` lasts. */
export type Demand = 'trend' | 'popularity'

export interface ItemDemand {
  readonly itemId: ItemId
  /** > 0. */
  readonly value: number
}

export interface DemandChoice {
  readonly accept?: (itemId: ItemId) => boolean
  readonly among?: Iterable<ItemId> | undefined
}

export interface Trends {
  remember(behaviour: { type: EventType; itemId: ItemId | null; timeMs: number }): void
  /** Items in most demand first, only those in any. O(items), or those of `among`; `accept` is asked of few. */
  top(demand: Demand, nowMs: number, limit: number, choice?: DemandChoice): ItemDemand[]
}

const slowerBy = 8
const smoothing = 3
const greatestLift = 4
/** Exponents stay below this; a double overflows at 1,024. */
const rebaseAt = 500

export function createTrends(halfLifeHours: number, weights: Readonly<Record<EventType, number>>): Trends {
  const items = createVocabulary<ItemId>()
  const fast = createFadingSums(halfLifeHours * hourMs)
  const slow = createFadingSums(halfLifeHours * hourMs * slowerBy)
  let firstMs = Number.POSITIVE_INFINITY

  return {
    remember: ({ type, itemId, timeMs }) => {
      if (itemId === null || weights[type] === 0) return
      const index = items.add(itemId)
      fast.add(index, weights[type], timeMs)
      slow.add(index, weights[type], timeMs)
      firstMs = Math.min(firstMs, timeMs)
    },
    top: (demand, nowMs, limit, { accept = () => true, among } = {}) => {
      const age = Math.max(0, nowMs - firstMs)
      // A steady rate fills a sum of half-life h to the share 1 − 2^(−age/h): a young log must not look like a rise.
      const expectedShare = fast.filled(age) / (slow.filled(age) * slowerBy || 1)
      const fastFactor = fast.factor(nowMs)
      const slowFactor = slow.factor(nowMs)
      const valueOf = (index: number): number => {
        const popularity = slow.at(index) * slowFactor
        if (demand === 'popularity') return popularity
        const recent = fast.at(index) * fastFactor
        const lift = (recent + smoothing) / (Math.max(0, popularity) * expectedShare + smoothing)
        return recent * Math.min(greatestLift, Math.max(1 / greatestLift, lift))
      }
      const best = createTopK(Math.min(limit, items.size))
      const offer = (index: number) => {
        const value = index < 0 ? 0 : valueOf(index)
        if (value > 0 && best.admits(index, value) && accept(items.idOf(index))) best.offer(index, value)
      }
      if (among === undefined) for (let index = 0; index < items.size; index++) offer(index)
      else for (const itemId of among) offer(items.indexOf(itemId))
      return Array.from(best.drain(), (index) => ({ itemId: items.idOf(index), value: valueOf(index) }))
    },
  }
}

function createFadingSums(halfLifeMs: number) {
  const sums: number[] = []
  let originMs: number | null = null

  return {
    add: (index: number, weight: number, timeMs: number) => {
      originMs ??= timeMs
      if ((timeMs - originMs) / halfLifeMs > rebaseAt) {
        const shrink = 2 ** ((originMs - timeMs) / halfLifeMs)
        for (let at = 0; at < sums.length; at++) sums[at] *= shrink
        originMs = timeMs
      }
      sums[index] = (sums[index] ?? 0) + weight * 2 ** ((timeMs - originMs) / halfLifeMs)
    },
    at: (index: number) => sums[index],
    /** Brings a sum to `nowMs`. */
    factor: (nowMs: number) => 2 ** (((originMs ?? nowMs) - nowMs) / halfLifeMs),
    filled: (ageMs: number) => 1 - 2 ** (-ageMs / halfLifeMs),
  }
}
