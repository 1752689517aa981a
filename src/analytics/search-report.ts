/**
 * Answers what people ask about searches of some days: which, how many, with what result, and what came of them.
 *
 * Made of the searches that are followed (search-log.ts) and of the counts by day of the others (store, search counts),
 * which know neither shoppers nor what was shown: shoppers, hits and all that came of a search are those of followed
 * ones. Cost: O(searches of the days) for each question, for products O(products they showed); gives way to answers.
 */
import { createBreathe } from '../base/breathe.ts'
import { dayMs } from '../base/clock.ts'
import type { AskedFilter } from '../domain/exposure.ts'
import type { ItemId } from '../domain/ids.ts'
import type { SearchCount } from '../store/store.ts'
import { addActs, addCounted, addFollowed, addShown, noFigures, type SearchFigures } from './search-figures.ts'
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
  queries(): Promise<{ readonly query: string; readonly figures: SearchFigures }[]>
  users(): Promise<{ readonly total: number; readonly daily: readonly number[] }>
  noClicks(): Promise<{ readonly total: NoClicks; readonly daily: readonly NoClicks[] }>
  /** Products by how many searches showed them, with what came of those; of one query where it is named. */
  hits(query: string | null): Promise<{ readonly itemId: ItemId; readonly figures: SearchFigures }[]>
  /** By how many searches each was asked for, most first. */
  filters(query: string | null): Promise<FilterCount[]>
  filterAttributes(query: string | null): Promise<{ readonly attribute: string; readonly count: number }[]>
  /** The filters of searches for it that found nothing, together; `null` where none found nothing. */
  filtersWithoutResults(
    query: string | null,
  ): Promise<{ readonly values: readonly AskedFilter[]; readonly count: number }[] | null>
}

export async function createSearchReport(options: SearchReportOptions): Promise<SearchReport> {
  const { fromDay, days, followed, counted, updatedAtMs } = options
  const dayOf = ({ timeMs }: FollowedSearch) => Math.floor(timeMs / dayMs) - fromDay
  const total = noFigures()
  const daily = Array.from({ length: days }, noFigures)
  await over(followed, (search) => [total, daily[dayOf(search)]].forEach((sum) => addFollowed(sum, search)))
  await over(counted, (count) => [total, daily[count.day - fromDay]].forEach((sum) => addCounted(sum, count)))

  const isAbout = (query: string | null) => (search: { readonly query: string }) =>
    query === null || search.query === query
  /** All searches, however they are kept, as often as they were made. */
  const each = async (
    query: string | null,
    tell: (filters: readonly AskedFilter[], count: number, empty: number) => void,
  ): Promise<void> => {
    const wanted = isAbout(query)
    await over(followed.filter(wanted), ({ filters, nbHits }) => tell(filters, 1, Number(nbHits === 0)))
    await over(counted.filter(wanted), (line) => tell(line.filters, line.searches, line.withoutResults))
  }

  return {
    updatedAtMs,
    dates: daily.map((_, at) => new Date((fromDay + at) * dayMs).toISOString().slice(0, 10)),
    total,
    daily,
    queries: async () => {
      const sums = new Map<string, SearchFigures>()
      await over(followed, (search) => addFollowed(entry(sums, search.query, noFigures), search))
      await over(counted, (count) => addCounted(entry(sums, count.query, noFigures), count))
      return [...sums].map(([query, figures]) => ({ query, figures }))
    },
    users: async () => {
      const known = daily.map(() => new Set<string>())
      const all = new Set<string>()
      await over(followed, (search) => {
        if (search.userId === null) return
        known[dayOf(search)].add(search.userId)
        all.add(search.userId)
      })
      return { total: all.size, daily: known.map(({ size }) => size) }
    },
    noClicks: async () => {
      const clicked = new Set<string>()
      await over(followed, ({ query, acts }) => void (acts.some(isClick) && clicked.add(query)))
      const ignored = daily.map(() => 0)
      await over(followed, (search) => {
        if (search.nbHits > 0 && !clicked.has(search.query)) ignored[dayOf(search)]++
      })
      const of = ({ followed: all, followedWithResults }: SearchFigures, withoutClick: number): NoClicks => ({
        ...{ followed: all, withResults: followedWithResults, withoutClick },
      })
      const sum = ignored.reduce((one, other) => one + other, 0)
      return { total: of(total, sum), daily: daily.map((figures, day) => of(figures, ignored[day])) }
    },
    hits: async (query) => {
      const sums = new Map<ItemId, SearchFigures>()
      await over(followed.filter(isAbout(query)), (search) => {
        for (const itemId of search.items) addShown(entry(sums, itemId, noFigures), search)
        const taken = new Set(search.acts.map(({ itemId }) => itemId))
        for (const itemId of search.items) {
          const sum = taken.has(itemId) ? sums.get(itemId) : undefined
          if (sum !== undefined)
            addActs(
              sum,
              search.acts.filter((act) => act.itemId === itemId),
            )
        }
      })
      return [...sums].map(([itemId, figures]) => ({ itemId, figures }))
    },
    filters: async (query) => {
      const sums = new Map<string, { filter: AskedFilter; count: number }>()
      await each(query, (filters, count) => {
        for (const filter of filters) entry(sums, JSON.stringify(filter), () => ({ filter, count: 0 })).count += count
      })
      return most([...sums.values()].map(({ filter, count }) => ({ ...filter, count })))
    },
    filterAttributes: async (query) => {
      const sums = new Map<string, { attribute: string; count: number }>()
      await each(query, (filters, count) => {
        for (const attribute of new Set(filters.map((filter) => filter.attribute))) {
          entry(sums, attribute, () => ({ attribute, count: 0 })).count += count
        }
      })
      return most([...sums.values()])
    },
    filtersWithoutResults: async (query) => {
      if (query === null) return null
      const sums = new Map<string, { values: readonly AskedFilter[]; count: number }>()
      let empties = 0
      await each(query, (values, _, empty) => {
        empties += empty
        if (empty > 0 && values.length > 0) {
          entry(sums, JSON.stringify(values), () => ({ values, count: 0 })).count += empty
        }
      })
      return empties === 0 ? null : most([...sums.values()])
    },
  }
}

/** Goes through them in steps, so that answers are given meanwhile. */
async function over<Each>(list: readonly Each[], tell: (each: Each) => void): Promise<void> {
  const breathe = createBreathe()
  for (let at = 0; at < list.length; at++) {
    tell(list[at])
    if (at % 64 === 63) await breathe()
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
