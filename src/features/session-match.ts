/** Items like those of the present visit come first. */
import type { Feature } from './feature.ts'

/**
 * As interest-match, log(1 + Σ w·strength / Σ w), over the tags of the present visit alone, in event weights; 0 once
 * the visit is over.
 */
export const sessionMatch: Feature = {
  name: 'session-match',
  meaning: 'The item is like what this shopper looks at in the present visit.',
  ofShopper: true,
  start: ({ profiles }) => ({
    value: ({ userId, timeMs }, item) =>
      userId === null ? 0 : Math.log1p(profiles.get(userId)?.sessionInterestIn(item, timeMs) ?? 0),
  }),
}
