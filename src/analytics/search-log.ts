/**
 * Every search that is followed, with what came of it: what the questions about searches are answered from.
 *
 * Reads the store when asked (follow-traffic.ts), from `fromMs` on. A search that its shopper goes on typing within ten
 * seconds, and of which nothing was taken, is the beginning of one and does not count. Cost: nothing while nobody asks,
 * then what is new. Memory: some 0.9 KB a search of 20 products; what is older than asked for is let go.
 */
import { dayMs } from '../base/clock.ts'
import type { EventType, ShopEvent } from '../domain/event.ts'
import type { Exposure, Searched } from '../domain/exposure.ts'
import { HaggleError } from '../domain/errors.ts'
import type { CatalogueId, ItemId, QueryId, UserId } from '../domain/ids.ts'
import { typed } from '../domain/typed.ts'
import type { Attribution } from '../events/attribution.ts'
import type { Store } from '../store/store.ts'
import { type FollowedTraffic, followTraffic } from './follow-traffic.ts'

export interface FollowedSearch extends Searched {
  readonly timeMs: number
  /** As it is counted. */
  readonly query: string
  readonly userId: UserId | null
  /** What was shown. */
  readonly items: readonly ItemId[]
  readonly acts: readonly SearchAct[]
}

export interface SearchAct {
  readonly type: EventType
  readonly itemId: ItemId
  /** 1-based; `null` where nobody knows. */
  readonly position: number | null
  /** Of a purchase: price times pieces. */
  readonly revenueMinor: number
}

export interface SearchLog {
  readonly mayHold: FollowedTraffic['mayHold']
  /** Nothing before is known. */
  readonly fromMs: number
  /** When it last heard of anything; `null` where there is nothing. */
  readonly updatedAtMs: number | null
  catchUp(nowMs: number): Promise<void>
  /** Those of [fromMs, untilMs) that count, in the order of time. */
  searches(fromMs: number, untilMs: number): FollowedSearch[]
}

/** A reading longer than this is refused. */
const mostSearches = 250_000
const typingMs = 10_000

interface Kept extends FollowedSearch {
  readonly queryId: QueryId
  readonly acts: SearchAct[]
  /** Its shopper went on typing. */
  wentOn: boolean
}

/** Keeps what is at most as old as `fromMs` is now. */
export function createSearchLog(
  store: Pick<Store, 'events' | 'exposures'>,
  catalogue: CatalogueId,
  firstMs: number,
  nowMs: number,
): SearchLog {
  const spanMs = nowMs - firstMs
  const texts = new Map<string, string>()
  /** One text for all that are alike: they come out of the store as new ones each time. */
  const shared = <Text extends string>(text: Text): Text => {
    const known = texts.get(text)
    if (known === undefined) texts.set(text, text)
    return (known ?? text) as Text
  }
  let kept: Kept[] = []
  let byQueryId = new Map<QueryId, Kept>()
  /** The last search of each shopper on each index. */
  let lastOf = new Map<string, Kept>()
  let [fromMs, updatedAtMs]: [number, number | null] = [firstMs, null]

  function shown({ queryId, timeMs, userId, query = '', searched, items }: Exposure): void {
    if (searched === undefined || timeMs < fromMs) return
    const own = items.map(({ itemId }) => shared(itemId))
    const search: Kept = {
      ...{ queryId, timeMs, userId: userId === null ? null : shared(userId), query: shared(typed(query)), items: own },
      ...{ index: shared(searched.index), nbHits: searched.nbHits, filters: orNone(searched.filters) },
      ...{ tags: orNone(searched.tags), acts: [], wentOn: false },
    }
    kept.push(search)
    byQueryId.set(queryId, search)
    updatedAtMs = Math.max(updatedAtMs ?? 0, timeMs)
    if (kept.length > mostSearches) {
      throw new HaggleError(
        'too-large',
        `startDate: there are more than ${mostSearches} searches since: ask for fewer days.`,
      )
    }
    if (userId === null) return
    const key = `${userId} ${searched.index}`
    const last = lastOf.get(key)
    if (last !== undefined && timeMs - last.timeMs <= typingMs && isBeginning(last.query, search.query)) {
      last.wentOn = true
    }
    lastOf.set(key, search)
  }

  function acted(event: ShopEvent, found: Attribution | null): void {
    const search = found === null ? undefined : byQueryId.get(found.exposure.queryId)
    if (search === undefined || event.itemId === null || !counted.has(event.type)) return
    search.acts.push({
      type: event.type,
      itemId: shared(event.itemId),
      position: event.position ?? found?.position ?? null,
      revenueMinor: event.type === 'purchase' ? event.quantity * (event.priceMinor ?? 0) : 0,
    })
    updatedAtMs = Math.max(updatedAtMs ?? 0, event.timeMs)
  }

  function letGo(oldestMs: number): void {
    // A day at a time: what is asked for begins with a day.
    const beforeMs = Math.floor(oldestMs / dayMs) * dayMs
    if (beforeMs <= fromMs) return
    fromMs = beforeMs
    kept = kept.filter(({ timeMs }) => timeMs >= fromMs)
    byQueryId = new Map(kept.map((search) => [search.queryId, search]))
    lastOf = new Map([...lastOf].filter(([, { timeMs }]) => timeMs >= fromMs))
  }

  const { follow, mayHold } = followTraffic(store, catalogue, { shown, acted }, () => fromMs)
  return {
    mayHold,
    get fromMs() {
      return fromMs
    },
    get updatedAtMs() {
      return updatedAtMs
    },
    catchUp: async (now) => {
      await follow(now)
      letGo(now - spanMs)
    },
    searches: (from, until) =>
      kept.filter(({ timeMs, wentOn, acts }) => timeMs >= from && timeMs < until && !(wentOn && acts.length === 0)),
  }
}

const nothing: readonly never[] = []
const orNone = <Each>(list: readonly Each[]): readonly Each[] => (list.length === 0 ? nothing : list)

const counted: ReadonlySet<EventType> = new Set(['click', 'conversion', 'addToCart', 'purchase'])

function isBeginning(before: string, after: string): boolean {
  return before !== '' && before.length < after.length && after.startsWith(before)
}
