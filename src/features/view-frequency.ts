/** What this shopper keeps coming back to look at. */
import type { Feature } from './feature.ts'

/** log(1 + views of the item by the shopper). */
export const viewFrequency: Feature = {
  name: 'view-frequency',
  meaning: 'This shopper looked at the item again and again.',
  ofShopper: true,
  start: ({ profiles }) => ({
    value: ({ userId }, { id }) => (userId === null ? 0 : Math.log1p(profiles.get(userId)?.entry(id)?.views ?? 0)),
  }),
}
