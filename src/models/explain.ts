/**
 * Why a model scores an item as it does: by its own account where it can give one, otherwise by leaving out.
 *
 * Left out is one entry h of the history at a time: part(h) = s(i | history) − s(i | history without h), and what the
 * parts do not sum to is the rest. Those of linear models are their own weights: part(h) = strength(h)·W(h, i).
 * Cost of leaving out: a score for each entry.
 */
import { renumbered } from '../preprocess/baskets.ts'
import type { Explanation, Fitted, Query } from './model.ts'

export function explainScore(fitted: Fitted, query: Query, item: number): Explanation {
  return fitted.explain?.(query, item) ?? leftOut(fitted, query, item)
}

/** @param part of the entry at a place of the history */
export function linearParts(query: Query, rest: number, part: (place: number) => number): Explanation {
  const history = Float64Array.from(query.items, (_, place) => part(place))
  return { score: rest + sum(history), rest, history, kind: 'linear' }
}

export function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0)
}

/** The query without the entries at `places`. */
export function withoutPlaces(query: Query, places: ReadonlySet<number>): Query {
  const keep = (_: number, at: number) => !places.has(at)
  const { items, baskets, signals } = query
  const isGone = (item: number) => items.some((each, at) => each === item && places.has(at))
  return {
    items: items.filter(keep),
    weights: query.weights.filter(keep),
    ageDays: query.ageDays?.filter(keep) ?? null,
    // Not before a model asks: they may not be made yet.
    get features() {
      return query.features
    },
    ...(baskets === undefined ? {} : { baskets: renumbered(baskets, (item) => (isGone(item) ? -1 : item)) }),
    ...(signals === undefined ? {} : { signals }),
  }
}

function leftOut(fitted: Fitted, query: Query, item: number): Explanation {
  const scores = new Float32Array(fitted.itemCount)
  const scoreOf = (asked: Query) => {
    fitted.score(asked, scores)
    return scores[item]
  }
  const score = scoreOf(query)
  const history = Float64Array.from(query.items, (_, place) => score - scoreOf(withoutPlaces(query, new Set([place]))))
  return { score, rest: score - sum(history), history, kind: 'leave-one-out' }
}
