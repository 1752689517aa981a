/**
 * The order of a live shop's searches: what the live generation learnt, what shoppers take at this moment, and who asks.
 *
 * Acts that name an answer change the next search for the same at once, a shopper's own acts their next search, without
 * training; a new generation brings the counts it was taught with, and those since are added. Without anything learnt
 * the order of the words stays to the last bit. Cost beside it: models/search-order.ts for at most 120 candidates, and
 * for a personal search one score of the recommendation model, kept for the shopper's next keystrokes.
 */
import { minuteMs } from '../base/clock.ts'
import type { ItemId, UserId } from '../domain/ids.ts'
import type { Lookups } from '../base/lookups.ts'
import { everyPlaceSeen } from '../features/examination.ts'
import { createQueryFeedback, type QueryFeedback, type ShownAnswer } from '../features/query-feedback.ts'
import { type Taste, tasteOf } from '../models/search-order.ts'
import type { Behaviour } from '../preprocess/behaviour-log.ts'
import { tasteQuery } from './behaviour-features.ts'
import type { LiveGeneration } from './live-generation.ts'
import type { Reorder } from './search-rank.ts'
import type { Memory } from './source.ts'

export interface LearntOrder {
  readonly reorder: Reorder
  /** Of shoppers' tastes. */
  readonly lookups: Readonly<Lookups>
  /** Takes note of an answer that acts may name. */
  show(answer: ShownAnswer): void
  remember(behaviour: Behaviour): void
  forget(userId: UserId): void
  /** What answers from now on. */
  follow(generation: LiveGeneration | null): void
  /** As if another generation answered, for the length of `work`: with the counts it was taught with, none since. */
  during<Result>(generation: LiveGeneration, work: () => Result): Result
}

interface KeptTaste {
  readonly generation: LiveGeneration
  /** How much the shopper had done by then. */
  readonly eventCount: number
  readonly atMs: number
  readonly taste: Taste
}

const mostTastes = 16

export function createLearntOrder(memory: Memory): LearntOrder {
  let feedback: QueryFeedback = createQueryFeedback(everyPlaceSeen)
  /** In the place of the live one. */
  let other: LiveGeneration | null = null
  const tastes = new Map<UserId, KeptTaste>()
  const lookups: Lookups = { hits: 0, misses: 0 }

  /** `null` for a stranger. */
  const tasteOfShopper = (userId: UserId, nowMs: number): Taste | null => {
    const generation = other ?? memory.generation
    const profile = memory.profiles.get(userId)
    if (generation === null || profile === undefined) return null
    const model = generation.model('recommended-for-you')
    if (model === undefined) return () => 0
    const { eventCount } = profile
    const known = tastes.get(userId)
    const isFresh = known !== undefined && Math.abs(nowMs - known.atMs) < minuteMs && known.eventCount === eventCount
    if (isFresh && known.generation === generation) {
      lookups.hits++
      return known.taste
    }
    lookups.misses++
    const scores = model.score(tasteQuery({ memory, userId, profile, nowMs }, generation)).slice()
    const taste = tasteOf(scores, (itemId: ItemId) => generation.indexOf(itemId))
    tastes.delete(userId)
    tastes.set(userId, { generation, eventCount, atMs: nowMs, taste })
    if (tastes.size > mostTastes) tastes.delete(tastes.keys().next().value as UserId)
    return taste
  }

  return {
    lookups,
    reorder: ({ query, userId, impact, nowMs, item }, { slots, textual }) => {
      const order = (other ?? memory.generation)?.searchOrder ?? null
      if (order === null) return null
      const isPersonal = userId !== null && impact > 0 && order.isPersonal
      const taste = isPersonal ? tasteOfShopper(userId, nowMs) : null
      const moment = { query, userId, timeMs: nowMs, features: memory.features, feedback }
      return order.scores({ items: Array.from(slots, item), textual }, moment, taste, impact)
    },
    show: (answer) => feedback.show(answer),
    remember: (behaviour) => feedback.remember(behaviour),
    forget: (userId) => void tastes.delete(userId),
    follow: (generation) => {
      tastes.clear()
      feedback = taughtWith(generation) ?? feedback
    },
    during: (generation, work) => {
      const own = feedback
      ;[other, feedback] = [generation, taughtWith(generation) ?? own]
      try {
        return work()
      } finally {
        ;[other, feedback] = [null, own]
      }
    },
  }
}

/** `null` where searches have taught it nothing. */
function taughtWith(generation: LiveGeneration | null): QueryFeedback | null {
  const learnt = generation?.bundle.search
  return learnt === undefined ? null : createQueryFeedback(learnt.examination, learnt.feedback)
}
