/**
 * Says which answer of the shop each act of a shopper goes back to: what click rates and A/B tests are made of.
 *
 * An act belongs to the exposure it names. One that names none (or one we do not know) belongs to the last exposure
 * that showed this item to this shopper at most `windowMs` earlier. Cost: O(shown items + events · log exposures).
 */
import { minuteMs } from '../base/clock.ts'
import type { ShopEvent } from '../domain/event.ts'
import type { Exposure } from '../domain/exposure.ts'
import type { QueryId } from '../domain/ids.ts'

export type Act = Pick<ShopEvent, 'catalogue' | 'userId' | 'itemId' | 'queryId' | 'timeMs'>

export interface Attribution {
  readonly exposure: Exposure
  /** 1-based place of the item in the answer; `null` where the act names an answer that did not hold the item. */
  readonly position: number | null
  readonly by: 'query-id' | 'last-seen'
}

interface Sight {
  readonly exposure: Exposure
  readonly position: number
}

/** One entry for each act, in its order; `null` where it goes back to no answer. */
export function attribute(
  acts: readonly Act[],
  exposures: readonly Exposure[],
  windowMs = 30 * minuteMs,
): (Attribution | null)[] {
  const byQueryId = new Map<QueryId, Exposure>(exposures.map((exposure) => [exposure.queryId, exposure]))
  const sights = indexSights(exposures)
  return acts.map((act) => {
    if (act.itemId === null) return null
    const named = act.queryId === null ? undefined : byQueryId.get(act.queryId)
    if (named !== undefined) return { exposure: named, position: placeOf(act, named), by: 'query-id' }
    const seen = lastBefore(sights.get(sightKey(act.catalogue, act.userId, act.itemId)) ?? [], act.timeMs)
    if (seen === null || act.timeMs - seen.exposure.timeMs > windowMs) return null
    return { ...seen, by: 'last-seen' }
  })
}

function placeOf(act: Act, exposure: Exposure): number | null {
  return exposure.items.findIndex((item) => item.itemId === act.itemId) + 1 || null
}

const sightKey = (...parts: readonly string[]) => JSON.stringify(parts)

/** Who saw what when, each list in order of time. */
function indexSights(exposures: readonly Exposure[]): Map<string, Sight[]> {
  const sights = new Map<string, Sight[]>()
  for (const exposure of [...exposures].sort((one, other) => one.timeMs - other.timeMs)) {
    if (exposure.userId === null) continue
    for (const [at, item] of exposure.items.entries()) {
      const key = sightKey(exposure.catalogue, exposure.userId, item.itemId)
      const list = sights.get(key)
      if (list === undefined) sights.set(key, [{ exposure, position: at + 1 }])
      else list.push({ exposure, position: at + 1 })
    }
  }
  return sights
}

/** The last sight at or before `timeMs`, by bisection. */
function lastBefore(sights: readonly Sight[], timeMs: number): Sight | null {
  let low = 0
  let high = sights.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sights[middle].exposure.timeMs <= timeMs) low = middle + 1
    else high = middle
  }
  return low === 0 ? null : sights[low - 1]
}
