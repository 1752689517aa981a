/**
 * What a search is counted by: its words, the filters it asked for, its tags and how many products answered.
 *
 * A search with `clickAnalytics` says so in its exposure. Of any other only a count by day is kept, which names nobody
 * (docs/decisions/0010); one with `analytics: false` is not counted. Cost: a reading of its filters, an addition.
 */
import { dayMs } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { AskedFilter, Searched } from '../domain/exposure.ts'
import type { CatalogueId } from '../domain/ids.ts'
import { typed } from '../domain/typed.ts'
import { above, below, type Shape } from '../retrieve/condition.ts'
import { readFilter } from '../retrieve/filter.ts'
import type { SearchCount, Store } from '../store/store.ts'
import type { SearchParameters } from './search-parameters.ts'
import { createWriteBehind, type WriteBehind } from './write-behind.ts'

/** `null` where it asked not to be counted. */
export function searchedFor(index: CatalogueId, parameters: SearchParameters, nbHits: number): Searched | null {
  if (parameters.analytics === false) return null
  const tags = [...new Set(parameters.analyticsTags)].sort()
  return { index, nbHits, filters: filtersAsked(parameters), tags }
}

const mostFilters = 50

/** What the filters of a question name, each once, in their order. */
export function filtersAsked(parameters: SearchParameters): AskedFilter[] {
  const { filters, facetFilters, numericFilters, tagFilters } = parameters
  const given = { filters, facetFilters, numericFilters, tagFilters }
  if (Object.values(given).every((value) => value === undefined)) return []
  const asked = new Map<string, AskedFilter>()
  const note = (attribute: string, operator: AskedFilter['operator'], value: string | number): void => {
    if (asked.size < mostFilters)
      asked.set(`${attribute} ${operator} ${value}`, { attribute, operator, value: `${value}` })
  }
  const walk = (shape: Shape, denied: boolean): void => {
    if (shape.kind === 'not') walk(shape.part, !denied)
    else if (shape.kind === 'range') noteRange(shape, denied, note)
    else if (shape.kind === 'one-of') {
      for (const value of shape.values) note(shape.attribute, ':', denied ? `-${value}` : value)
    } else for (const part of shape.parts) walk(part, denied)
  }
  walk(readFilter(given).shape, false)
  return [...asked.values()]
}

function noteRange(
  { attribute, low, high }: Extract<Shape, { low: number }>,
  denied: boolean,
  note: (attribute: string, operator: AskedFilter['operator'], value: number) => void,
): void {
  if (low === high) note(attribute, denied ? '!=' : '=', low)
  else {
    if (low > -Infinity) {
      const [open, bound] = written(low, below(low))
      note(attribute, denied ? (open ? '<=' : '<') : open ? '>' : '>=', bound)
    }
    if (high < Infinity) {
      const [open, bound] = written(high, above(high))
      note(attribute, denied ? (open ? '>=' : '>') : open ? '<' : '<=', bound)
    }
  }
}

/** `< 20` is kept as "up to the number before 20": of a bound and its neighbour the shorter one was written. */
function written(bound: number, neighbour: number): [open: boolean, bound: number] {
  return String(neighbour).length < String(bound).length ? [true, neighbour] : [false, bound]
}

export interface SearchCounter extends Pick<WriteBehind<SearchCount>, 'flush' | 'lost'> {
  count(query: string, searched: Searched, nowMs: number): void
}

/** Sums by day: what a hard fall may take of them is a second's. */
const countDelayMs = 1_000

export function createSearchCounter(store: Pick<Store, 'searches'>, catalogue: CatalogueId, log: Log): SearchCounter {
  const behind = createWriteBehind<SearchCount>(
    (group) => store.searches.add(group),
    log,
    'counts of searches',
    countDelayMs,
  )
  return {
    count: (query, { nbHits, ...searched }, nowMs) =>
      behind.add({
        ...searched,
        catalogue,
        day: Math.floor(nowMs / dayMs),
        query: typed(query),
        searches: 1,
        withoutResults: nbHits === 0 ? 1 : 0,
        hits: nbHits,
      }),
    get lost() {
      return behind.lost
    },
    flush: behind.flush,
  }
}
