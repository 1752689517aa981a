/** What the shopper did before: looked at lately, and due to be bought again. Empty for a stranger. */
import { dayMs } from '../../base/clock.ts'
import { decayed } from '../../preprocess/weights.ts'
import type { DueItem } from '../rhythm.ts'
import { nothing, type Plan, type Source } from '../source.ts'

/** The score of a look fades by half a week. */
const halfLifeDays = 7

const looks: Source = ({ profile, memory, accept, nowMs, limit }) => {
  if (profile === undefined) return nothing
  const list = profile.history
    .toReversed()
    .map((entry) => ({ item: memory.catalogue.get(entry.itemId), ageDays: (nowMs - entry.lastMs) / dayMs }))
    .flatMap(({ item, ageDays }) =>
      accept(item) ? [{ item, score: decayed(1, ageDays, halfLifeDays), source: 'history' }] : [],
    )
  return { list: list.slice(0, limit) }
}

/** What was bought and kept. */
export const dueAgain: Source = ({ profile, memory, accept, nowMs, limit }) => {
  if (profile === undefined) return nothing
  const kept = ({ itemId }: DueItem) => (profile.entry(itemId)?.purchases ?? 0) > 0
  const due = memory.rhythm.due(profile.userId, nowMs).filter(kept)
  const list = due.flatMap(({ itemId, score }) => {
    const item = memory.catalogue.get(itemId)
    return accept(item) ? [{ item, score, source: 'history' }] : []
  })
  return { list: list.slice(0, limit) }
}

export const recentlyViewed: Plan = { sources: [looks] }
export const buyAgain: Plan = { sources: [dueAgain] }
