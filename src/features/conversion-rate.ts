/** Items that are bought when looked at. */
import type { Feature } from './feature.ts'
import type { ItemCounts } from './shop-counters.ts'
import { smoothedLift } from './smoothed-lift.ts'

/**
 * log(bought a look / the shop's), smoothed as `smoothed-lift.ts` says; bought is purchases and conversions, a look
 * is a view or a click: no unit, 0 is usual.
 */
export const conversionRate: Feature = {
  name: 'conversion-rate',
  meaning: 'The item is bought more often when looked at than others are.',
  start: ({ counters }) => ({
    value: (_request, { id }) => {
      const counts = counters.item(id)
      return counts === undefined ? 0 : smoothedLift(conversions(counts), conversions(counters.shop))
    },
  }),
}

function conversions(counts: Pick<ItemCounts, 'count'>) {
  return {
    hits: counts.count('purchase') + counts.count('conversion'),
    trials: counts.count('view') + counts.count('click'),
  }
}
