/** Dear for what it is, or cheap. */
import type { Feature } from './feature.ts'

/** Φ(z) − ½, z the standardised log price within the category (`price-bands.ts`): −½ cheapest to ½ dearest, no unit. */
export const priceBand: Feature = {
  name: 'price-band',
  meaning: 'The item is dear for its category.',
  start: ({ profiles }) => ({ value: (_request, item) => profiles.priceBand(item) ?? 0 }),
}
