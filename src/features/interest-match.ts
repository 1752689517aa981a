/** Items that share categories, brands, attributes and words with what the shopper did come first. */
import type { Feature } from './feature.ts'

/**
 * log(1 + Σ w·strength / Σ w) over the item's tags, w = weight × how telling the tag is; strength in event weights,
 * halving every `halfLifeDays`.
 */
export const interestMatch: Feature = {
  name: 'interest-match',
  meaning: 'The item shares many and telling tags with what this shopper looked at and bought.',
  ofShopper: true,
  start: ({ profiles }) => ({
    value: ({ userId, timeMs }, item) =>
      userId === null ? 0 : Math.log1p(profiles.get(userId)?.interestIn(item, timeMs) ?? 0),
  }),
}
