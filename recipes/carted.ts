/**
 * The yardstick of every shop: what lies in the cart comes first, the latest on top, then what was looked at.
 *
 * Items of the history by strength, at equal strength the later first; the rest by popularity. Learns the popularity.
 */
import type { Model } from '../src/models/model.ts'
import { popularity } from '../src/models/popularity.ts'

export const carted: Model = {
  name: 'carted',
  defaults: popularity.defaults,
  fit: async (data, config, run) => {
    const base = await popularity.fit(data, config as typeof popularity.defaults, run)
    return {
      itemCount: base.itemCount,
      serialise: () => base.serialise(),
      score: (query, scores) => {
        base.score(query, scores)
        const most = scores.reduce((a, b) => Math.max(a, b), 0)
        query.items.forEach((item, at) => {
          scores[item] = (1 + most) * (1 + query.weights[at] + at / query.items.length)
        })
      },
    }
  },
  load: (state) => popularity.load(state),
}
