/**
 * Answers what people ask about searches of some days: which, how many, with what result, and what came of them.
 *
 * Made of the searches that are followed (search-log.ts) and of the counts by day of the others (store, search counts),
 * which know neither shoppers nor what was shown: shoppers, hits and all that came of a search are those of followed
 * ones. Cost: O(searches of the days) for each question.
 */
import { dayMs } from '../base/clock.ts'
import type { AskedFilter } from '../domain/exposure.ts'
import type { ItemId } from '../domain/ids.ts'
import type { SearchCount } from '../store/store.ts'
import { addCounted, addFollowed, noFigures, type SearchFigures } from './search-figures.ts'
import type { FollowedSearch } from './search-log.ts'

export interface SearchReportOptions {
  /** The first day, whole days since 1970, UTC. */
  readonly fromDay: number
  /** How many. */
  readonly days: number
  readonly followed: readonly FollowedSearch[]
  readonly counted: readonly SearchCount[]
  readonly updatedAtMs: number | null
}

export interface NoClicks {
  /** Followed searches. */
  readonly followed: number
  readonly withResults: number
  /** Followed searches with results whose query got no click in all these days. */
  readonly withoutClick: number
}

export interface FilterCount extends AskedFilter {
  readonly count: number
}

export interface SearchReport {
  readonly updatedAtMs: number | null
  /** Each day, `YYYY-MM-DD`. */
  readonly dates: readonly string[]
  readonly total: SearchFigures
  /** By day. */
  readonly daily: readonly SearchFigures[]
  /** In no order. */
  queries(): { readonly query: string; readonly figures: SearchFigures }[]
  users(): { readonly total: number; readonly daily: readonly number[] }
  noClicks(): { readonly total: NoClicks; readonly daily: readonly NoClicks[] }
  /** Products by how many searches showed them, with what came of those; of one query where it is named. */
  hits(query: string | null): { readonly itemId: ItemId; readonly figures: SearchFigures }[]
  /** By how many searches each was asked for, most first. */
  filters(query: string | null): FilterCount[]
  filterAttributes(query: string | null): { readonly attribute: string; readonly count: number }[]
  /** The filters of searches for it that found nothing, together; `null` where none found nothing. */
  filtersWithoutResults(
    query: string | null,
  ): { readonly values: readonly AskedFilter[]; readonly count: number }[] | null
}

export function createSearchReport({
  fromDay,
  days,
  followed,
  counted,
  updatedAtMs,
}: SearchReportOptions): SearchReport {
  const dayOf = ({ timeMs }: FollowedSearch) => Math.floor(timeMs / dayMs) - fromDay
  const total = noFigures()
  const daily = Array.from({ length: days }, noFigures)
  for (const search of followed) for (const sum of [total, daily[dayOf(search)]]) addFollowed(sum, search)
  for (const count of counted) for (const sum of [total, daily[count.day - fromDay]]) addCounted(sum, count)

  const queries = () => {
    const sums = new Map<string, SearchFigures>()
    for (const search of followed) addFollowed(entry(sums, search.query, noFigures), search)
    for (const count of counted) addCounted(entry(sums, count.query, noFigures), count)
    return [...sums].map(([query, figures]) => ({ query, figures }))
  }
  /** All searches, however they are kept, as often as they were made. */
  const each = (
    query: string | null,
    tell: (filters: readonly AskedFilter[], count: number, empty: number) => void,
  ) => {
    const wanted = (own: { query: string }) => query === null || own.query === query
    for (const { filters, nbHits } of followed.filter(wanted)) tell(filters, 1, Number(nbHits === 0))
    for (const { filters, searches, withoutResults } of counted.filter(wanted)) tell(filters, searches, withoutResults)
  }

  return {
    updatedAtMs,
    dates: daily.map((_, at) => new Date((fromDay + at) * dayMs).toISOString().slice(0, 10)),
    total,
    daily,
    queries,
    users: () => {
      const known = daily.map(() => new Set<string>())
      for (const search of followed) if (search.userId !== null) known[dayOf(search)].add(search.userId)
      return { total: new Set(known.flatMap((own) => [...own])).size, daily: known.map(({ size }) => size) }
    },
    noClicks: () => {
      const clicked = new Set(followed.filter(({ acts }) => acts.some(isClick)).map(({ query }) => query))
      const ignored = daily.map(() => 0)
      for (const search of followed) if (search.nbHits > 0 && !clicked.has(search.query)) ignored[dayOf(search)]++
      const of = ({ followed: all, followedWithResults }: SearchFigures, withoutClick: number): NoClicks => ({
        ...{ followed: all, withResults: followedWithResults, withoutClick },
      })
      const sum = ignored.reduce((one, other) => one + other, 0)
      return { total: of(total, sum), daily: daily.map((figures, day) => of(figures, ignored[day])) }
    },
    hits: (query) => {
      const sums = new Map<ItemId, SearchFigures>()
      for (const search of followed) {
        if (query !== null && search.query !== query) continue
        for (const itemId of search.items) {
          addFollowed(entry(sums, itemId, noFigures), search, (act) => act.itemId === itemId)
        }
      }
      return [...sums].map(([itemId, figures]) => ({ itemId, figures }))
    },
    filters: (query) => {
      const sums = new Map<string, { filter: AskedFilter; count: number }>()
      each(query, (filters, count) => {
        for (const filter of filters) entry(sums, JSON.stringify(filter), () => ({ filter, count: 0 })).count += count
      })
      return most([...sums.values()].map(({ filter, count }) => ({ ...filter, count })))
    },
    filterAttributes: (query) => {
      const sums = new Map<string, { attribute: string; count: number }>()
      each(query, (filters, count) => {
        for (const attribute of new Set(filters.map((filter) => filter.attribute))) {
          entry(sums, attribute, () => ({ attribute, count: 0 })).count += count
        }
      })
      return most([...sums.values()])
    },
    filtersWithoutResults: (query) => {
      if (query === null) return null
      const sums = new Map<string, { values: readonly AskedFilter[]; count: number }>()
      let empties = 0
      each(query, (values, _, empty) => {
        empties += empty
        if (empty > 0 && values.length > 0)
          entry(sums, JSON.stringify(values), () => ({ values, count: 0 })).count += empty
      })
      return empties === 0 ? null : most([...sums.values()])
    },
  }
}

const isClick = ({ type }: { readonly type: string }) => type === 'click'

function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}

function most<Counted extends { readonly count: number }>(list: Counted[]): Counted[] {
  return list.sort((a, b) => b.count - a.count || (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}
