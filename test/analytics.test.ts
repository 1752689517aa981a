/** Questions about searches, asked by the stock analytics client of a shop that was really searched. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { algoliasearch } from 'algoliasearch'
import { dayMs, minuteMs } from '../src/base/clock.ts'
import type { CatalogueId, UserId } from '../src/domain/ids.ts'
import { noon, openShopForTest, type OpenShop } from './open-shop.ts'

const indexName = 'products'
let shop: OpenShop
let analytics: ReturnType<ReturnType<typeof algoliasearch>['initAnalytics']>

const search = async (searchParams: object) => {
  const { hits, queryID } = (await shop.admin.searchSingleIndex({ indexName, searchParams })) as unknown as {
    hits: { objectID: string }[]
    queryID?: string
  }
  shop.clock.advance(minuteMs)
  return { ids: hits.map(({ objectID }) => objectID), queryID: queryID ?? '' }
}
/** A search of a shopper, followed. */
const followed = (userToken: string, query: string, more: object = {}) =>
  search({ query, userToken, clickAnalytics: true, hitsPerPage: 5, ...more })
const send = async (...events: object[]) => {
  const whole = events.map((event) => ({ eventName: 'x', index: indexName, timestamp: shop.clock.now(), ...event }))
  await shop.insights.pushEvents({ events: whole as never })
}
const click = (userToken: string, queryID: string, objectID: string, position: number) =>
  send({ eventType: 'click', userToken, queryID, objectIDs: [objectID], positions: [position] })

beforeAll(async () => {
  shop = await openShopForTest({ currency: 'EUR' })
  const host = { url: new URL(shop.url).host, accept: 'readWrite' as const, protocol: 'http' as const }
  analytics = shop.admin.initAnalytics({ options: { hosts: [host] } })
  const objects = Array.from({ length: 12 }, (_, at) => ({
    objectID: `p${at}`,
    name: `${at % 2 === 0 ? 'Oak' : 'Wool'} thing ${at}`,
    brand: at % 3 === 0 ? 'Acme' : 'Borealis',
    price: 10 + at,
  }))
  await shop.engine.change(
    indexName as CatalogueId,
    objects.map((record) => ({ kind: 'put', record })),
  )

  shop.clock.set(noon - dayMs)
  await followed('ann', 'oak')
  const oak = await followed('bob', ' OAK', { analyticsTags: ['mobile', 'de'] })
  await click('bob', oak.queryID, oak.ids[2], 3)
  const wool = await followed('ann', 'wool', { filters: 'price < 20 AND brand:Acme' })
  await click('ann', wool.queryID, wool.ids[0], 1)
  await send({
    ...{ eventType: 'conversion', eventSubtype: 'addToCart', userToken: 'ann', queryID: wool.queryID },
    ...{ objectIDs: [wool.ids[0]] },
  })

  shop.clock.set(noon)
  await followed('cid', 'linen', { analyticsTags: ['mobile'] })
  await followed('cid', 'linen', { facetFilters: ['brand:Acme'] })
  await followed('dan', 'thing')
  await search({ query: 'oak', hitsPerPage: 2 })
  await search({ query: 'linen', numericFilters: ['price>=5'] })
  await search({ query: 'oak', analytics: false })
  await followed('eve', 'oak', { analytics: false })
  const bought = await followed('bob', 'oak')
  await send({
    ...{ eventType: 'conversion', eventSubtype: 'purchase', userToken: 'bob', queryID: bought.queryID },
    ...{ objectIDs: [bought.ids[0]], objectData: [{ price: 12.5, quantity: 2 }], value: 25, currency: 'EUR' },
  })
  // Gone on typing: only what was meant counts.
  await search({ query: 'w', userToken: 'fay', clickAnalytics: true })
  shop.clock.advance(-minuteMs + 800)
  await search({ query: 'wo', userToken: 'fay', clickAnalytics: true })
  shop.clock.advance(-minuteMs + 700)
  await search({ query: 'wool', userToken: 'fay', clickAnalytics: true })
}, 60_000)
afterAll(() => shop.close())

const today = new Date(noon).toISOString().slice(0, 10)
const yesterday = new Date(noon - dayMs).toISOString().slice(0, 10)
const both = { index: indexName, startDate: yesterday, endDate: today }

describe('the analytics of searches', () => {
  it('tell the searches most made, with what came of them', async () => {
    const { searches } = await analytics.getTopSearches({ ...both, clickAnalytics: true, revenueAnalytics: true })
    expect(searches.map(({ search: words, count, nbHits }) => [words, count, nbHits])).toEqual([
      ['oak', 4, 6],
      ['linen', 3, 0],
      ['wool', 2, 4],
      ['thing', 1, 12],
    ])
    expect(searches[0]).toMatchObject({
      trackedSearchCount: 3,
      clickThroughRate: 1 / 3,
      clickCount: 1,
      averageClickPosition: 3,
      conversionRate: 1 / 3,
      conversionCount: 1,
      addToCartRate: 0,
      purchaseRate: 1 / 3,
      purchaseCount: 1,
      currencies: { EUR: { currency: 'EUR', revenue: 25 } },
    })
    expect((searches[0] as { clickPositions: object[] }).clickPositions).toHaveLength(12)
    const plain = await analytics.getTopSearches({ ...both, limit: 2, offset: 1, direction: 'asc' })
    expect(plain.searches).toEqual([
      { search: 'wool', count: 2, nbHits: 4 },
      { search: 'linen', count: 3, nbHits: 0 },
    ])
    const byClicks = await analytics.getTopSearches({ ...both, clickAnalytics: true, orderBy: 'averageClickPosition' })
    expect(byClicks.searches.map(({ search: words }) => words)).toEqual(['oak', 'wool', 'linen', 'thing'])
  })

  it('count searches, those without results and those without clicks, day by day', async () => {
    expect(await analytics.getSearchesCount(both)).toEqual({
      count: 10,
      dates: [
        { date: yesterday, count: 3 },
        { date: today, count: 7 },
      ],
    })
    expect(await analytics.getNoResultsRate(both)).toMatchObject({ rate: 0.3, count: 10, noResultCount: 3 })
    expect(await analytics.getSearchesNoResults(both)).toEqual({
      searches: [{ search: 'linen', count: 3, withFilterCount: 2 }],
    })
    expect(await analytics.getSearchesNoClicks(both)).toEqual({ searches: [{ search: 'thing', count: 1, nbHits: 12 }] })
    expect(await analytics.getNoClickRate(both)).toMatchObject({ rate: 1 / 6, count: 8, noClickCount: 1 })
  })

  it('tell rates, places and revenue', async () => {
    const rates = { trackedSearchCount: 8 }
    expect(await analytics.getClickThroughRate(both)).toMatchObject({ ...rates, rate: 2 / 8, clickCount: 2 })
    expect(await analytics.getConversionRate(both)).toMatchObject({ ...rates, rate: 2 / 8, conversionCount: 2 })
    expect(await analytics.getAddToCartRate(both)).toMatchObject({ ...rates, rate: 1 / 8, addToCartCount: 1 })
    expect(await analytics.getPurchaseRate(both)).toMatchObject({ ...rates, rate: 1 / 8, purchaseCount: 1 })
    const { average, clickCount, dates } = await analytics.getAverageClickPosition(both)
    expect([average, clickCount, dates.map((day) => day.average)]).toEqual([2, 2, [2, null]])
    const { positions } = await analytics.getClickPositions(both)
    expect(positions.slice(0, 4).map(({ clickCount: clicks }) => clicks)).toEqual([1, 0, 1, 0])
    expect(positions.slice(-2).map(({ position }) => position)).toEqual([
      [11, 20],
      [21, -1],
    ])
    expect(await analytics.getRevenue(both)).toEqual({
      currencies: { EUR: { currency: 'EUR', revenue: 25 } },
      dates: [
        { date: yesterday, currencies: {} },
        { date: today, currencies: { EUR: { currency: 'EUR', revenue: 25 } } },
      ],
    })
  })

  it('tell what was found and which filters were asked for', async () => {
    const { hits } = await analytics.getTopHits({ ...both, search: 'Oak', clickAnalytics: true })
    expect(hits).toHaveLength(5)
    expect(hits.every(({ count }) => count <= 3)).toBe(true)
    expect(hits.reduce((sum, hit) => sum + ('clickCount' in hit ? hit.clickCount : 0), 0)).toBe(1)
    expect(await analytics.getTopFilterAttributes(both)).toEqual({
      attributes: [
        { attribute: 'brand', count: 2 },
        { attribute: 'price', count: 2 },
      ],
    })
    expect(await analytics.getTopFilterForAttribute({ ...both, attribute: 'price' })).toEqual({
      values: [
        { attribute: 'price', operator: '<', value: '20', count: 1 },
        { attribute: 'price', operator: '>=', value: '5', count: 1 },
      ],
    })
    const none = await analytics.getTopFiltersNoResults({ ...both, search: 'linen' })
    expect(none.values?.map(({ count, values }) => [count, values.map(({ attribute }) => attribute)])).toEqual([
      [1, ['brand']],
      [1, ['price']],
    ])
    expect(await analytics.getTopFiltersNoResults(both)).toEqual({ values: null })
  })

  it('tell shoppers apart and searches by tags, know no countries, and say how fresh they are', async () => {
    expect(await analytics.getUsersCount(both)).toEqual({
      count: 5,
      dates: [
        { date: yesterday, count: 2 },
        { date: today, count: 4 },
      ],
    })
    expect(await analytics.getSearchesCount({ ...both, tags: 'mobile AND NOT_THERE OR de' })).toMatchObject({
      count: 1,
    })
    expect(await analytics.getSearchesCount({ ...both, tags: 'mobile' })).toMatchObject({ count: 2 })
    expect(await analytics.getTopCountries(both)).toEqual({ countries: [] })
    const { updatedAt } = await analytics.getStatus({ index: indexName })
    expect(Date.parse(updatedAt ?? '')).toBeGreaterThan(noon)
    // Without dates: the last eight days.
    expect((await analytics.getSearchesCount({ index: indexName })).dates).toHaveLength(8)
  })

  it('refuse what they cannot read, by name, and keys without the right', async () => {
    for (const [wrong, name] of [
      [{ startDate: '2026-02-31' }, 'startDate'],
      [{ startDate: today, endDate: yesterday }, 'startDate'],
      [{ endDate: 'today' }, 'endDate'],
      [{ limit: 0 }, 'limit'],
      [{ offset: -1 }, 'offset'],
      [{ direction: 'up' }, 'direction'],
      [{ orderBy: 'clickThroughRate' }, 'orderBy'],
      [{ orderBy: 'fame', clickAnalytics: true }, 'orderBy'],
      [{ clickAnalytics: 'maybe' }, 'clickAnalytics'],
      [{ tags: 'a OR' }, 'tags'],
    ] as const) {
      await expect(analytics.getTopSearches({ ...both, ...(wrong as object) })).rejects.toMatchObject({
        status: 400,
        message: expect.stringMatching(`^${name}: expected`) as string,
      })
    }
    await expect(analytics.getTopSearches({ index: 'nowhere' })).rejects.toMatchObject({ status: 404 })
    const as = async (acl: 'search' | 'analytics') => {
      const { key } = await shop.admin.addApiKey({ acl: [acl] })
      const response = await fetch(`${shop.url}/2/searches?index=${indexName}`, {
        headers: { 'x-algolia-api-key': key },
      })
      return response.status
    }
    expect([await as('search'), await as('analytics')]).toEqual([403, 200])
  })

  it('are the same after a restart, and know nothing of a shopper who was erased', async () => {
    const before = await analytics.getTopSearches({ ...both, clickAnalytics: true })
    await shop.engine.shop(indexName as CatalogueId).flush()
    shop.engine.analytics.forget()
    expect(await analytics.getTopSearches({ ...both, clickAnalytics: true })).toEqual(before)
    await shop.engine.people.erase('bob' as UserId)
    const after = await analytics.getTopSearches({ ...both, clickAnalytics: true })
    expect(after.searches[0]).toMatchObject({ search: 'linen', count: 3 })
    expect(after.searches[1]).toMatchObject({ search: 'oak', count: 2, trackedSearchCount: 1, clickCount: 0 })
    expect(await analytics.getRevenue(both)).toMatchObject({ currencies: {} })
  })
})
