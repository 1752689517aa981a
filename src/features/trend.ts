/** What takes off, measured against its own past: a slow seller that doubles counts as much as a best-seller that does. */
import type { Feature } from './feature.ts'
import { type ItemCounts, longHalfLifeMs, shortHalfLifeMs } from './shop-counters.ts'

/** Events of the past weeks below which a rise says little. */
const prior = 3

/**
 * log((lately + 3) / (expected + 3)): lately the events with half-life 3 days, expected those with half-life 30 days
 * × the share of their time that the short count has seen, both since the item's first event; no unit, 0 is steady.
 */
export const trend: Feature = {
  name: 'trend',
  meaning: 'More happens with the item now than used to.',
  start: ({ counters }) => ({
    value: ({ timeMs }, { id }) => {
      const counts = counters.item(id)
      return counts === undefined ? 0 : rise(counts, timeMs)
    },
  }),
}

function rise({ firstMs, long, short }: ItemCounts, timeMs: number): number {
  const ageMs = Math.max(0, timeMs - firstMs)
  const shareOfSpan = seen(ageMs, shortHalfLifeMs) / seen(ageMs, longHalfLifeMs)
  const expected = long.at(timeMs) * shareOfSpan
  return Math.log((short.at(timeMs) + prior) / (expected + prior))
}

/** How much time a count of this half-life has seen of an item of this age. */
function seen(ageMs: number, halfLifeMs: number): number {
  // Within the first minute both have seen the same.
  return halfLifeMs * (1 - 2 ** (-Math.max(60_000, ageMs) / halfLifeMs))
}
