/** What this shopper had in hand last. */
import { dayMs } from '../base/clock.ts'
import type { Feature } from './feature.ts'

/** 1 / (1 + days since the shopper's latest event with the item): 0 to 1; 0 where there was none. */
export const itemRecency: Feature = {
  name: 'item-recency',
  meaning: 'This shopper dealt with the item just now.',
  ofShopper: true,
  start: ({ profiles }) => ({
    value: ({ userId, timeMs }, { id }) => {
      const entry = userId === null ? undefined : profiles.get(userId)?.entry(id)
      return entry === undefined ? 0 : 1 / (1 + Math.max(0, timeMs - entry.lastMs) / dayMs)
    },
  }),
}
