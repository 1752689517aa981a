/** Items of the brands a shopper returns to come first. */
import { brandTag } from '../profiles/item-tags.ts'
import type { Feature } from './feature.ts'

/** Strength of the item's brand / that of all brands the shopper dealt with: 0 to 1, no unit; fading cancels out. */
export const brandAffinity: Feature = {
  name: 'brand-affinity',
  meaning: 'A large share of what this shopper did was with the item’s brand.',
  ofShopper: true,
  start: ({ profiles }) => ({
    value: ({ userId }, { brand }) =>
      userId === null || brand === null ? 0 : (profiles.get(userId)?.share(brandTag(brand)) ?? 0),
  }),
}
