import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayMs, minuteMs } from '../base/clock.ts'
import type { ShopEvent } from '../domain/event.ts'
import type { AskedFilter, Exposure } from '../domain/exposure.ts'
import type { CatalogueId, ItemId, QueryId, UserId } from '../domain/ids.ts'
import { identify } from '../events/event-id.ts'
import { openSqliteStore } from '../store/sqlite.ts'
import type { SearchCount } from '../store/store.ts'
import { createSearchLog } from './search-log.ts'
import { createSearchReport, type SearchReport } from './search-report.ts'
import { readTags } from './tag-expression.ts'

const catalogue = 'shop' as CatalogueId
const fromDay = 20_000
const days = 3
const startMs = fromDay * dayMs

interface Search {
  readonly exposure: Exposure
  readonly day: number
}

const items = ['a', 'b', 'c', 'd']
const brand: AskedFilter = { attribute: 'brand', operator: ':', value: 'acme' }
const cheap: AskedFilter = { attribute: 'price', operator: '<', value: '20' }
const filterSets: readonly (readonly AskedFilter[])[] = [[], [brand], [brand, cheap]]

const searchArbitrary = fc.record({
  second: fc.integer({ min: 0, max: days * 86_400 - 1 }),
  user: fc.constantFrom(null, 'ann', 'bob'),
  query: fc.constantFrom('', 'o', 'oak', 'Oak ', 'oak table', 'wool'),
  surface: fc.constantFrom('search', 'search', 'search', 'session'),
  counted: fc.boolean(),
  filters: fc.constantFrom(...filterSets),
  shown: fc.subarray(items),
})
const actArbitrary = fc.record({
  search: fc.nat(),
  afterSeconds: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 3_000 })),
  item: fc.constantFrom(...items),
  type: fc.constantFrom('click', 'addToCart', 'purchase', 'conversion', 'view'),
  named: fc.boolean(),
  position: fc.option(fc.integer({ min: 1, max: 40 })),
  user: fc.constantFrom('ann', 'bob'),
})
const countArbitrary = fc.record({
  day: fc.integer({ min: fromDay, max: fromDay + days - 1 }),
  query: fc.constantFrom('oak', 'pine', 'wool'),
  filters: fc.constantFrom(...filterSets),
  searches: fc.integer({ min: 1, max: 4 }),
  empty: fc.boolean(),
})
type Drawn<A> = A extends fc.Arbitrary<infer Value> ? Value : never

/** Every third shopper goes on typing: words of two more searches, some seconds after one another. */
function searchesOf(drawn: readonly Drawn<typeof searchArbitrary>[]): Search[] {
  const sorted = [...drawn].sort((a, b) => a.second - b.second)
  return sorted.map(({ surface, counted, filters, shown }, at) => {
    const { second, user, query } = sorted[at - (at % 3)]
    const timeMs = startMs + 1000 * Math.min(days * 86_400 - 1, second + 4 * (at % 3))
    const words = at % 3 === 0 ? query : `${query}${'xy'.slice(0, at % 3)}`
    const searched = { index: catalogue, nbHits: shown.length, filters, tags: at % 2 === 0 ? ['even'] : [] }
    const exposure: Exposure = {
      queryId: `q${String(at).padStart(4, '0')}` as QueryId,
      ...{ catalogue, timeMs, userId: user as UserId | null, surface, generation: null, arm: null, query: words },
      ...(surface === 'search' && counted ? { searched } : {}),
      items: shown.map((itemId) => ({ itemId: itemId as ItemId, score: 1, propensity: 1 })),
    }
    return { exposure, day: Math.floor(timeMs / dayMs) }
  })
}

function eventsOf(drawn: readonly Drawn<typeof actArbitrary>[], searches: readonly Search[]): ShopEvent[] {
  return drawn.map(({ search, afterSeconds, item, type, named, position, user }, at) => {
    const { exposure } = searches[search % searches.length]
    return identify({
      ...{
        catalogue,
        type,
        userId: exposure.userId ?? (user as UserId),
        timeMs: exposure.timeMs + 1000 * afterSeconds,
      },
      ...{ itemId: item as ItemId, query: null, queryId: named ? exposure.queryId : null, position, quantity: 2 },
      ...{ priceMinor: type === 'purchase' ? 150 : null, rating: null, orderId: null, name: `act ${at}` },
    })
  })
}

/** The same numbers, by going through everything for every one of them. */
function recount(searches: readonly Search[], events: readonly ShopEvent[], counts: readonly SearchCount[]) {
  const all = searches
    .map(({ exposure }) => exposure)
    .sort((a, b) => a.timeMs - b.timeMs || (a.queryId < b.queryId ? -1 : 1))
  const answerOf = (event: ShopEvent): Exposure | undefined =>
    all.find(({ queryId }) => queryId === event.queryId) ??
    all.findLast(
      (exposure) =>
        exposure.userId === event.userId &&
        exposure.timeMs <= event.timeMs &&
        event.timeMs - exposure.timeMs <= 30 * minuteMs &&
        exposure.items.some(({ itemId }) => itemId === event.itemId),
    )
  const actsOf = (exposure: Exposure) => events.filter((event) => event.type !== 'view' && answerOf(event) === exposure)
  const words = (exposure: Exposure) => (exposure.query ?? '').trim().toLowerCase()
  const counted = all.filter(({ searched }) => searched !== undefined)
  const wentOn = (exposure: Exposure) => {
    const next = counted.slice(counted.indexOf(exposure) + 1).find(({ userId }) => userId === exposure.userId)
    if (exposure.userId === null || next === undefined || next.timeMs - exposure.timeMs > 10_000) return false
    return words(exposure) !== '' && words(next) !== words(exposure) && words(next).startsWith(words(exposure))
  }
  const real = counted.filter((exposure) => actsOf(exposure).length > 0 || !wentOn(exposure))
  const sum = (list: readonly number[]) => list.reduce((one, other) => one + other, 0)
  const withType = (exposure: Exposure, ...types: string[]) =>
    actsOf(exposure).filter(({ type }) => types.includes(type))
  const figures = (day: number | null, query: string | null) => {
    const own = real.filter(
      (e) => (day === null || Math.floor(e.timeMs / dayMs) === day) && (query === null || words(e) === query),
    )
    const lines = counts.filter(
      (each) => (day === null || each.day === day) && (query === null || each.query === query),
    )
    const clicks = own.flatMap((exposure) => withType(exposure, 'click').map((event) => ({ exposure, event })))
    const placed = clicks.flatMap(({ exposure, event }) => {
      const shownAt = exposure.items.findIndex(({ itemId }) => itemId === event.itemId)
      return event.position ?? (shownAt < 0 ? [] : shownAt + 1)
    })
    const empty = own.filter(({ items: shown }) => shown.length === 0)
    return {
      searches: own.length + sum(lines.map(({ searches: n }) => n)),
      withoutResults: empty.length + sum(lines.map(({ withoutResults }) => withoutResults)),
      filteredWithoutResults:
        empty.filter(({ searched }) => searched?.filters.length).length +
        sum(lines.filter(({ filters }) => filters.length > 0).map(({ withoutResults }) => withoutResults)),
      hits: sum(own.map(({ items: shown }) => shown.length)) + sum(lines.map(({ hits }) => hits)),
      followed: own.length,
      followedWithResults: own.length - empty.length,
      clicks: clicks.length,
      clickedSearches: own.filter((exposure) => withType(exposure, 'click').length > 0).length,
      placedClicks: placed.length,
      placeSum: sum(placed),
      byPlace: [
        ...Array.from({ length: 10 }, (_, at) => placed.filter((place) => place === at + 1).length),
        placed.filter((place) => place > 10 && place <= 20).length,
        placed.filter((place) => place > 20).length,
      ],
      conversions: sum(own.map((exposure) => withType(exposure, 'conversion', 'addToCart', 'purchase').length)),
      convertedSearches: own.filter((e) => withType(e, 'conversion', 'addToCart', 'purchase').length > 0).length,
      carts: sum(own.map((exposure) => withType(exposure, 'addToCart').length)),
      cartSearches: own.filter((exposure) => withType(exposure, 'addToCart').length > 0).length,
      purchases: sum(own.map((exposure) => withType(exposure, 'purchase').length)),
      purchaseSearches: own.filter((exposure) => withType(exposure, 'purchase').length > 0).length,
      revenueMinor: 300 * sum(own.map((exposure) => withType(exposure, 'purchase').length)),
    }
  }
  const clickedWords = new Set(real.filter((e) => withType(e, 'click').length > 0).map(words))
  return {
    total: figures(null, null),
    daily: Array.from({ length: days }, (_, at) => figures(fromDay + at, null)),
    queries: [...new Set([...real.map(words), ...counts.map(({ query }) => query)])]
      .map((query) => ({ query, figures: figures(null, query) }))
      .sort(byQuery),
    users: new Set(real.flatMap(({ userId }) => userId ?? [])).size,
    withoutClick: real.filter((e) => e.items.length > 0 && !clickedWords.has(words(e))).length,
    hits: items
      .map((itemId) => {
        const own = real.filter((exposure) => exposure.items.some((each) => each.itemId === itemId))
        const clicks = own.flatMap((e) => withType(e, 'click').filter((event) => event.itemId === itemId))
        return { itemId, count: own.length, clicks: clicks.length }
      })
      .filter(({ count }) => count > 0),
    brand:
      real.filter(({ searched }) => searched?.filters.includes(brand)).length +
      sum(counts.filter(({ filters }) => filters.includes(brand)).map(({ searches: n }) => n)),
  }
}

const byQuery = (a: { query: string }, b: { query: string }) => (a.query < b.query ? -1 : 1)

async function told(report: SearchReport) {
  return {
    total: report.total,
    daily: report.daily,
    queries: (await report.queries()).sort(byQuery),
    users: (await report.users()).total,
    withoutClick: (await report.noClicks()).total.withoutClick,
    hits: (await report.hits(null))
      .map(({ itemId, figures }) => ({ itemId: itemId, count: figures.searches, clicks: figures.clicks }))
      .sort((a, b) => (a.itemId < b.itemId ? -1 : 1)),
    brand: (await report.filterAttributes(null)).find(({ attribute }) => attribute === 'brand')?.count ?? 0,
  }
}

describe('the report on searches', () => {
  it('says what a slow recount says, whether the log was read at once or step by step', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(searchArbitrary, { minLength: 1, maxLength: 24 }),
        fc.array(actArbitrary, { maxLength: 24 }),
        fc.array(countArbitrary, { maxLength: 6 }),
        async (drawnSearches, drawnActs, drawnCounts) => {
          const searches = searchesOf(drawnSearches)
          const events = eventsOf(drawnActs, searches).sort((a, b) => a.timeMs - b.timeMs)
          const counts = drawnCounts.map(
            ({ empty, ...each }): SearchCount => ({
              ...{ ...each, catalogue, index: catalogue, tags: [] },
              ...{ withoutResults: empty ? each.searches : 0, hits: empty ? 0 : 9 * each.searches },
            }),
          )
          const store = await openSqliteStore({ file: ':memory:' })
          await store.searches.add(counts)
          const endMs = startMs + (days + 1) * dayMs
          const [stepwise, atOnce] = [0, 1].map(() => createSearchLog(store, catalogue, startMs, endMs))
          for (let untilMs = startMs; untilMs <= endMs; untilMs += dayMs / 2) {
            const isNow = ({ timeMs }: { timeMs: number }) => timeMs <= untilMs && timeMs > untilMs - dayMs / 2
            await store.exposures.append(searches.map(({ exposure }) => exposure).filter(isNow))
            if (untilMs === startMs) {
              await store.exposures.append(searches.map(({ exposure }) => exposure).filter((e) => e.timeMs === startMs))
            }
            await store.events.append(events.filter(isNow), untilMs)
            await stepwise.catchUp(untilMs)
          }
          await atOnce.catchUp(endMs)
          const counted = await store.searches.list(catalogue, catalogue, fromDay, fromDay + days)
          const expected = recount(searches, events, counts)
          for (const log of [stepwise, atOnce]) {
            const followed = log.searches(startMs, startMs + days * dayMs)
            const report = await createSearchReport({ fromDay, days, followed, counted, updatedAtMs: log.updatedAtMs })
            expect(await told(report)).toEqual(expected)
          }
          await store.close()
        },
      ),
      { numRuns: 60, seed: 6 },
    )
  })
})

describe('a combination of tags', () => {
  it('means what it says', () => {
    const meant = (text: string, ...tags: string[]) => readTags(text)(tags)
    expect(meant('mobile AND (country:de OR country:at)', 'mobile', 'country:at')).toBe(true)
    expect(meant('mobile AND (country:de OR country:at)', 'country:at')).toBe(false)
    expect(meant('a OR b AND c', 'a')).toBe(true)
    expect(meant('a OR b AND c', 'b')).toBe(false)
    expect(meant('"big shop"', 'big shop')).toBe(true)
  })

  it.each(['', 'a b', 'a AND', '(a', 'OR a', 'a)'])('is refused by name where it cannot be read: %s', (text) => {
    expect(() => readTags(text)).toThrow(/^tags: expected/)
  })
})
