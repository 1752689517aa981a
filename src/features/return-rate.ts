/** Items that come back more often than others. */
import type { Feature } from './feature.ts'
import type { ItemCounts } from './shop-counters.ts'
import { smoothedLift } from './smoothed-lift.ts'

/**
 * log(returns a purchase / the shop's), smoothed as `smoothed-lift.ts` says; both in events, not pieces: no unit, 0
 * is usual.
 */
export const returnRate: Feature = {
  name: 'return-rate',
  meaning: 'The item is sent back more often than others are.',
  start: ({ counters }) => ({
    value: (_request, { id }) => {
      const counts = counters.item(id)
      return counts === undefined ? 0 : smoothedLift(returns(counts), returns(counters.shop))
    },
  }),
}

function returns(counts: Pick<ItemCounts, 'count'>) {
  return { hits: counts.count('return'), trials: counts.count('purchase') }
}
