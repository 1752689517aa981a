/**
 * How expected it was, to a model, that a shopper took what they took next: the marks by which drift is told.
 *
 * Asked just before the event, with the shopper's history as it stood: the share of the items they had not met that the
 * model put above the one they took (0: the first, 1: the last; equals count half), on a straight and on a log scale.
 * (What else is known of the pair, the length of the history, the pause before, the share of the same kind in it, changes
 * by itself and fires without a change of taste: docs/log.md.) The same function marks what is held out when a generation
 * is made and what shoppers do once it is live. One score, and one look at each item's.
 */
import { dayMs } from '../base/clock.ts'
import type { ItemId, UserId } from '../domain/ids.ts'
import type { Behaviour } from '../preprocess/behaviour-log.ts'
import { queryFromHistory, type QueryOptions } from './query.ts'
import type { Query } from './model.ts'

export interface Asked {
  readonly itemId: ItemId
  readonly timeMs: number
  /** Before the event; oldest first. */
  readonly history: readonly { readonly itemId: ItemId; readonly weight: number; readonly lastMs: number }[]
}

export interface ExpectingModel extends Pick<QueryOptions, 'indexOf' | 'halfLifeDays' | 'limit'> {
  /** Of every item. */
  score(query: Query): Float32Array
}

/** Makes the marks: a share, and its logarithm. */
export type Marking = () => number[]

/** `null` where nothing was expected of the shopper, or the item is not new to them or not known to the model. */
export function expectation({ itemId, timeMs, history }: Asked, model: ExpectingModel): Marking | null {
  const item = model.indexOf(itemId)
  if (item < 0 || history.some((entry) => entry.itemId === itemId)) return null
  const { indexOf, halfLifeDays, limit } = model
  const query = queryFromHistory(history, { indexOf, halfLifeDays, limit, nowMs: timeMs, features: null })
  return query.items.length === 0 ? null : () => marksOf(model.score(query), item, query.items)
}

/** By index: an iterator would make an object of each of all the scores. */
function marksOf(scores: Float32Array, item: number, met: Int32Array): number[] {
  const own = scores[item]
  let [above, equal] = [0, 0]
  for (let at = 0; at < scores.length; at++) {
    if (scores[at] > own) above++
    else if (scores[at] === own) equal++
  }
  for (const seen of met) {
    if (scores[seen] > own) above--
    else if (scores[seen] === own) equal--
  }
  // Without the item itself, which is equal to itself.
  const others = scores.length - met.length - 1
  const surprise = Math.max(0, above + (equal - 1) / 2) / Math.max(1, others)
  return [surprise, Math.log(surprise + 1 / scores.length)]
}

export interface Expectations {
  /** Told before the shopper's profile is; `null` where the event tells nothing. */
  notice(behaviour: Behaviour, history: Asked['history'] | undefined): Marking | null
  forget(userId: UserId): void
}

/** A shopper is noticed once in this time: what they take in one visit goes together. */
const quietMs = dayMs / 2

/** @param weights by type; an event that speaks for nothing is not noticed */
export function createExpectations(model: ExpectingModel, weights: Readonly<Record<string, number>>): Expectations {
  const noticed = new Map<UserId, number>()
  return {
    notice: ({ userId, itemId, type, timeMs }, history) => {
      if (itemId === null || history === undefined || !(weights[type] > 0)) return null
      if (timeMs - (noticed.get(userId) ?? Number.NEGATIVE_INFINITY) < quietMs) return null
      const marking = expectation({ itemId, timeMs, history }, model)
      if (marking !== null) noticed.set(userId, timeMs)
      return marking
    },
    forget: (userId) => void noticed.delete(userId),
  }
}
