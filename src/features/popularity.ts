/** What everyone looks at and buys these weeks. */
import type { Feature } from './feature.ts'

/** log(1 + events of all shoppers, returns aside, each halving every 30 days). */
export const popularity: Feature = {
  name: 'popularity',
  meaning: 'Much happened with the item lately.',
  start: ({ counters }) => ({
    value: ({ timeMs }, { id }) => Math.log1p(counters.item(id)?.long.at(timeMs) ?? 0),
  }),
}
