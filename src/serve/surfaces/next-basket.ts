/**
 * "For your next basket": what this shopper will buy next, things bought before included.
 *
 * The live model of baskets; where there is none, or for someone who never bought, what is due again and then as for
 * you, nothing left out for having been bought.
 */
import { queryFromBaskets } from '../../models/query.ts'
import { askedSignals } from '../behaviour-features.ts'
import { askModel } from '../model-source.ts'
import type { Plan, Source } from '../source.ts'
import { forYou } from './for-you.ts'
import { dueAgain } from './history.ts'

const basket: Source = (ask) =>
  askModel(
    ask,
    'next-basket',
    (generation) => {
      const query = queryFromBaskets(ask.profile?.history ?? [], ask.profile?.baskets ?? [], {
        indexOf: generation.indexOf,
        halfLifeDays: generation.bundle.halfLifeDays,
        nowMs: ask.nowMs,
        limit: ask.memory.config.recommend.historyLimit,
        weight: generation.bundle.weights.purchase,
        features: null,
        signals: askedSignals(ask, generation),
      })
      return query.items.length === 0 ? null : query
    },
    true,
  )

export const nextBasket: Plan = { sources: [basket, dueAgain, ...forYou.sources] }
