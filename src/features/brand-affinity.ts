/** Items of the brands a shopper returns to come first. */
import { brandTag } from '../profiles/item-tags.ts'
import type { Feature } from './feature.ts'

/** The brand's share among all brands the shopper dealt with, faded with age. */
export const brandAffinity: Feature = {
  name: 'brand-affinity',
  meaning: 'A large share of what this shopper did was with the item’s brand.',
  start: ({ profiles }) => ({
    value: ({ userId }, { brand }) =>
      userId === null || brand === null ? 0 : (profiles.get(userId)?.share(brandTag(brand)) ?? 0),
  }),
}
