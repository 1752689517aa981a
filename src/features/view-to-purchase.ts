/** What this shopper looked at and is about to decide on. */
import { due } from './due.ts'
import type { Feature } from './feature.ts'

/**
 * exp(−½ (ln(days since the shopper first met the item / usual days) / ln 3)²): 1 when due; usual days are the shop's
 * geometric mean from first event to first purchase; 0 where unknown or bought.
 */
export const viewToPurchase: Feature = {
  name: 'view-to-purchase',
  meaning: 'As long has passed since this shopper first saw the item as usually passes before a purchase.',
  ofShopper: true,
  start: ({ profiles, counters }) => ({
    value: ({ userId, timeMs }, { id }) => {
      const entry = userId === null ? undefined : profiles.get(userId)?.entry(id)
      if (entry === undefined || entry.lastPurchaseMs !== null) return 0
      return due(timeMs - entry.firstMs, counters.decisionDays)
    },
  }),
}
