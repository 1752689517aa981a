/** How long the shop has had an item. */
import { dayMs } from '../base/clock.ts'
import type { Feature } from './feature.ts'

/** log(1 + days) since the record says it came in, or else since its first event. */
export const itemAge: Feature = {
  name: 'item-age',
  meaning: 'The item has been in the shop for long.',
  start: ({ counters }) => ({
    value: ({ timeMs }, { id, createdAtMs }) => {
      const since = createdAtMs ?? counters.item(id)?.firstMs ?? timeMs
      return Math.log1p(Math.max(0, timeMs - since) / dayMs)
    },
  }),
}
