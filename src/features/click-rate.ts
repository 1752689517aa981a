/** Items that are clicked when seen. */
import type { Feature } from './feature.ts'
import type { ItemCounts } from './shop-counters.ts'
import { smoothedLift } from './smoothed-lift.ts'

/** log(clicks a view / the shop's clicks a view), smoothed as `smoothed-lift.ts` says: no unit, 0 is usual. */
export const clickRate: Feature = {
  name: 'click-rate',
  meaning: 'The item is clicked more often when seen than others are.',
  start: ({ counters }) => ({
    value: (_request, { id }) => {
      const counts = counters.item(id)
      return counts === undefined ? 0 : smoothedLift(clicks(counts), clicks(counters.shop))
    },
  }),
}

function clicks(counts: Pick<ItemCounts, 'count'>) {
  return { hits: counts.count('click'), trials: counts.count('view') }
}
