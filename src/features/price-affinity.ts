/** Items that cost, for what they are, what the shopper usually pays come first. */
import type { Feature } from './feature.ts'

const narrowest = 0.1

/** exp(−½ ((item's band − shopper's mean band) / max(0.1, shopper's spread))²): 0 to 1; bands as in price-band. */
export const priceAffinity: Feature = {
  name: 'price-affinity',
  meaning: 'The item is as dear within its category as what this shopper usually chooses.',
  ofShopper: true,
  start: ({ profiles }) => ({
    value: ({ userId }, item) => {
      const usual = userId === null ? undefined : profiles.get(userId)?.priceBand
      const band = profiles.priceBand(item)
      if (usual === undefined || usual.weight === 0 || band === null) return 0
      return Math.exp(-0.5 * ((band - usual.mean) / Math.max(narrowest, usual.spread)) ** 2)
    },
  }),
}
