/**
 * "In this visit": what comes next, judged by the present visit alone; without a visit or a model of visits, as for you.
 */
import { queryFromHistory } from '../../models/query.ts'
import { askModel } from '../model-source.ts'
import type { Plan, Source } from '../source.ts'
import { forYou } from './for-you.ts'

const visit: Source = (ask) =>
  askModel(
    ask,
    'session',
    (generation) => {
      const inVisit = new Set(ask.profile?.session(ask.nowMs))
      const query = queryFromHistory(ask.profile?.history.filter((entry) => inVisit.has(entry.itemId)) ?? [], {
        indexOf: generation.indexOf,
        halfLifeDays: generation.bundle.halfLifeDays,
        nowMs: ask.nowMs,
        limit: ask.memory.config.recommend.historyLimit,
        features: null,
      })
      return query.items.length === 0 ? null : query
    },
    true,
  )

export const session: Plan = { ...forYou, sources: [visit, ...forYou.sources] }
