/** Dear for what it is, or cheap. */
import type { Feature } from './feature.ts'

/** The place of the item's price within its category, −½ cheapest to ½ dearest. */
export const priceBand: Feature = {
  name: 'price-band',
  meaning: 'The item is dear for its category.',
  start: ({ profiles }) => ({ value: (_request, item) => profiles.priceBand(item) ?? 0 }),
}
