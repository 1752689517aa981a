/**
 * Says which answer of the shop each act of a shopper goes back to: what click rates and A/B tests are made of.
 *
 * An act belongs to the exposure it names. One that names none (or one we do not know) belongs to the last exposure
 * that showed this item to this shopper at most `windowMs` earlier. Cost of an act: log(exposures of the shopper), and
 * a look through those within the window; memory: the exposures themselves, of which the oldest are let go.
 */
import { minuteMs } from '../base/clock.ts'
import type { ShopEvent } from '../domain/event.ts'
import type { Exposure } from '../domain/exposure.ts'
import type { QueryId, UserId } from '../domain/ids.ts'

/** How long an act may follow what was seen without naming it. */
export const sightMs = 30 * minuteMs

export type Act = Pick<ShopEvent, 'catalogue' | 'userId' | 'itemId' | 'queryId' | 'timeMs'>

export interface Attribution {
  readonly exposure: Exposure
  /** 1-based place of the item in the answer; `null` where the act names an answer that did not hold the item. */
  readonly position: number | null
  readonly by: 'query-id' | 'last-seen'
}

export interface AttributionOptions {
  /** For how long something seen may be the reason of an act that names no answer. */
  readonly windowMs?: number
  /** How many of the latest exposures are remembered. */
  readonly mostExposures?: number
}

export interface AttributionDesk {
  show(exposure: Exposure): void
  /** `null` where it goes back to no answer. */
  readonly attribute: (act: Act) => Attribution | null
  forget(userId: UserId): void
  readonly knows: (userId: UserId) => boolean
  /** What the one was shown, the other was. */
  rename(from: UserId, to: UserId): void
}

export function createAttribution(options: AttributionOptions = {}): AttributionDesk {
  const { windowMs = sightMs, mostExposures = Infinity } = options
  const byQueryId = new Map<QueryId, Exposure>()
  /** In order of time. */
  const byShopper = new Map<UserId, Exposure[]>()

  const letGo = ({ queryId, userId }: Exposure): void => {
    byQueryId.delete(queryId)
    const own = userId === null ? undefined : byShopper.get(userId)
    if (own === undefined || userId === null) return
    const rest = own.filter((exposure) => exposure.queryId !== queryId)
    if (rest.length === 0) byShopper.delete(userId)
    else byShopper.set(userId, rest)
  }
  const lastSeen = ({ catalogue, userId, itemId, timeMs }: Act): Attribution | null => {
    const own = byShopper.get(userId) ?? []
    for (let at = countUntil(own, timeMs) - 1; at >= 0 && timeMs - own[at].timeMs <= windowMs; at--) {
      const position = own[at].catalogue === catalogue ? placeOf(itemId, own[at]) : null
      if (position !== null) return { exposure: own[at], position, by: 'last-seen' }
    }
    return null
  }

  const forget = (userId: UserId): void => {
    for (const { queryId } of byShopper.get(userId) ?? []) byQueryId.delete(queryId)
    byShopper.delete(userId)
  }
  const show = (exposure: Exposure): void => {
    byQueryId.set(exposure.queryId, exposure)
    if (exposure.userId !== null) {
      const own = byShopper.get(exposure.userId)
      if (own === undefined) byShopper.set(exposure.userId, [exposure])
      else own.splice(countUntil(own, exposure.timeMs), 0, exposure)
    }
    if (byQueryId.size > mostExposures) letGo(byQueryId.values().next().value as Exposure)
  }

  return {
    show,
    attribute: (act) => {
      if (act.itemId === null) return null
      const named = act.queryId === null ? undefined : byQueryId.get(act.queryId)
      if (named === undefined) return lastSeen(act)
      return { exposure: named, position: placeOf(act.itemId, named), by: 'query-id' }
    },
    forget,
    knows: (userId) => byShopper.has(userId),
    rename: (from, to) => {
      const own = byShopper.get(from) ?? []
      forget(from)
      for (const exposure of own) show({ ...exposure, userId: to })
    },
  }
}

/** One entry for each act, in its order; `null` where it goes back to no answer. */
export function attribute(
  acts: readonly Act[],
  exposures: readonly Exposure[],
  windowMs?: number,
): (Attribution | null)[] {
  const desk = createAttribution({ windowMs })
  for (const exposure of exposures) desk.show(exposure)
  return acts.map(desk.attribute)
}

function placeOf(itemId: Act['itemId'], exposure: Exposure): number | null {
  const at = exposure.items.findIndex((item) => item.itemId === itemId)
  return at < 0 ? null : (exposure.offset ?? 0) + at + 1
}

/** How many of them, in order of time, lie at or before `timeMs`. */
function countUntil(exposures: readonly Exposure[], timeMs: number): number {
  let low = 0
  let high = exposures.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (exposures[middle].timeMs <= timeMs) low = middle + 1
    else high = middle
  }
  return low
}
