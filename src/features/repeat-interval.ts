/** What this shopper bought and is about to need again. */
import { dayMs } from '../base/clock.ts'
import { due } from './due.ts'
import type { Feature } from './feature.ts'

/**
 * exp(−½ (ln(days since the last purchase / usual days) / ln 3)²): 1 when due, 0 where unknown; usual days are a
 * geometric mean over shoppers, and with the shopper's own last interval where there is one.
 */
export const repeatInterval: Feature = {
  name: 'repeat-interval',
  meaning: 'As long has passed since this shopper bought the item as usually passes before it is bought again.',
  ofShopper: true,
  start: ({ profiles, counters }) => ({
    value: ({ userId, timeMs }, { id }) => {
      const entry = userId === null ? undefined : profiles.get(userId)?.entry(id)
      if (entry === undefined || entry.lastPurchaseMs === null || entry.purchases <= 0) return 0
      const { lastPurchaseMs, previousPurchaseMs } = entry
      const usual = counters.repeatDays(id)
      // The shopper's own rhythm with the item, where there is one, says as much as everyone's.
      const own = previousPurchaseMs === null ? null : (lastPurchaseMs - previousPurchaseMs) / dayMs
      const days = own === null || own <= 0 || usual === null ? usual : Math.sqrt(own * usual)
      return due(timeMs - lastPurchaseMs, days)
    },
  }),
}
