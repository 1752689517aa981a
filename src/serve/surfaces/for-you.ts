/**
 * "Recommended for you": what fits this shopper, from the whole catalogue.
 *
 * The live model scores everything by the shopper's history; then come items that fit their interests, then what is in
 * demand, then what is new. A stranger gets the model's answer to an empty history: what is popular. Left out is what
 * the shopper bought (see buy-again) or has looked at in this visit; what they looked at before may come back.
 */
import { askModel } from '../model-source.ts'
import { inDemand, interests, newest } from '../memory-sources.ts'
import type { Plan, Source } from '../source.ts'
import { tasteQuery } from '../behaviour-features.ts'

const taste: Source = (ask) =>
  askModel(
    ask,
    'recommended-for-you',
    (generation) => tasteQuery({ ...ask, userId: ask.request.userId }, generation),
    true,
  )

export const forYou: Plan = {
  sources: [taste, interests, inDemand('trend'), inDemand('popularity'), newest],
  composed: true,
  freshPlaces: true,
  leaveOut: ({ profile, nowMs }) =>
    profile === undefined
      ? []
      : [
          ...profile.session(nowMs),
          ...profile.history.filter((entry) => entry.purchases > 0).map((entry) => entry.itemId),
        ],
}
