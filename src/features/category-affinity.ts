/** Items of the categories a shopper spends their time in come first. */
import { tagsOfCategory } from '../profiles/item-tags.ts'
import type { Feature } from './feature.ts'

/**
 * Mean over the levels of the item's category path of strength(level) / strength(all the shopper's categories of that
 * depth): 0 to 1, no unit.
 */
export const categoryAffinity: Feature = {
  name: 'category-affinity',
  meaning: 'A large share of what this shopper did was in the item’s category.',
  ofShopper: true,
  start: ({ profiles }) => ({
    value: ({ userId }, item) => {
      const profile = userId === null ? undefined : profiles.get(userId)
      const depth = item.categoryPath.length
      if (profile === undefined || depth === 0) return 0
      let sum = 0
      for (const { tag } of tagsOfCategory(item.categoryPath)) sum += profile.share(tag)
      return sum / depth
    },
  }),
}
