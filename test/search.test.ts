/** The unmodified search clients: queries, filters, facets, places, orders, pages, rules, keys, admin scripts. */
import { createHmac } from 'node:crypto'
import { algoliasearch } from 'algoliasearch'
import { liteClient } from 'algoliasearch/lite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { noon, openShopForTest, type OpenShop } from './open-shop.ts'

const colours = ['red', 'blue', 'green']
const objects = Array.from({ length: 60 }, (_, at) => ({
  objectID: `p${at}`,
  name: `${at % 2 === 0 ? 'Oak table' : 'Wool scarf'} ${at}`,
  brand: ['Acme', 'Borealis', 'Apple'][at % 3],
  price: 10 + at,
  inStock: at % 4 !== 0,
  colour: at % 5 === 0 ? [colours[at % 3], 'black'] : colours[at % 3],
  categories: { lvl0: at % 2 === 0 ? 'Home' : 'Fashion', lvl1: at % 2 === 0 ? 'Home > Tables' : 'Fashion > Scarves' },
  _tags: at < 10 ? ['sale'] : [],
  releasedAt: 1_600_000_000 + at * 86_400,
  model: `m${Math.floor(at / 4)}`,
  _geoloc: { lat: 48 + at / 100, lng: 2 },
  cost: 5,
}))

let shop: OpenShop
const indexName = 'products'
beforeAll(async () => {
  shop = await openShopForTest()
  await shop.admin.saveObjects({ indexName, objects, waitForTasks: true })
  await shop.admin.setSettings({
    indexName,
    indexSettings: {
      searchableAttributes: ['name', 'brand'],
      attributesForFaceting: [
        'searchable(brand)',
        'colour',
        'price',
        'inStock',
        'categories.lvl0',
        'categories.lvl1',
        'filterOnly(model)',
        'afterDistinct(_tags)',
      ],
      customRanking: ['desc(price)'],
      unretrievableAttributes: ['cost'],
      attributeForDistinct: 'model',
      replicas: ['products_price_asc', 'virtual(products_newest)'],
    },
  })
  await shop.admin.setSettings({
    indexName: 'products_price_asc',
    indexSettings: {
      ranking: ['asc(price)', 'typo', 'geo', 'words', 'filters', 'proximity', 'attribute', 'exact', 'custom'],
    },
  })
  await shop.admin.setSettings({
    indexName: 'products_newest',
    indexSettings: { customRanking: ['desc(releasedAt)'], relevancyStrictness: 50 },
  })
})
afterAll(() => shop.close())

type Hit = { objectID: string; [key: string]: unknown }
type Found = { hits: Hit[]; nbHits: number; [key: string]: unknown }
const search = async (searchParams: object = {}, name = indexName) =>
  (await shop.admin.searchSingleIndex({ indexName: name, searchParams })) as unknown as Found
const ids = async (searchParams: object, name = indexName) =>
  (await search({ hitsPerPage: 1000, ...searchParams }, name)).hits.map(({ objectID }) => Number(objectID.slice(1)))
const where = (test: (product: (typeof objects)[number], at: number) => boolean) =>
  objects.flatMap((product, at) => (test(product, at) ? [at] : []))
const sorted = (numbers: number[]) => [...numbers].sort((a, b) => a - b)

describe('a search', () => {
  it('answers with every field a stock front end reads', async () => {
    const answer = await search({ query: 'oak', facets: ['brand', 'price'], clickAnalytics: true, hitsPerPage: 5 })
    expect(answer).toMatchObject({
      nbHits: 30,
      page: 0,
      nbPages: 6,
      hitsPerPage: 5,
      query: 'oak',
      index: 'products',
      exhaustiveNbHits: true,
      exhaustiveFacetsCount: true,
      renderingContent: {},
      facets: { brand: { Acme: 10, Apple: 10, Borealis: 10 } },
      facets_stats: { price: { min: 10, max: 68, avg: 39, sum: 1170 } },
    })
    expect(answer.queryID).toMatch(/^[0-9a-f]{32}$/)
    expect(answer.processingTimeMS).toBeGreaterThan(0)
    expect(new URLSearchParams(answer.params as string).get('query')).toBe('oak')
    expect(answer.hits[0]).toMatchObject({
      objectID: 'p58',
      _highlightResult: { name: { value: '<em>Oak</em> table 58', matchLevel: 'full', matchedWords: ['oak'] } },
    })
    expect(answer.hits[0]).not.toHaveProperty('cost')
  })

  it('takes its parameters as URL text, as fields, and over GET', async () => {
    const byText = await shop.admin.customPost({
      path: '1/indexes/products/query',
      body: { params: 'query=wool&hitsPerPage=3&facets=%5B%22brand%22%5D&filters=price%3C20' },
    })
    expect(byText).toMatchObject({ nbHits: 5, hitsPerPage: 3, facets: { brand: {} } })
    const byGet = await shop.admin.customGet({
      path: '1/indexes/products',
      parameters: { query: 'wool', hitsPerPage: '3' },
    })
    expect(byGet).toMatchObject({ nbHits: 30, hitsPerPage: 3 })
  })

  it('answers several questions at once, in the lite client too, facet questions among them', async () => {
    const host = { url: shop.url.slice('http://'.length), accept: 'readWrite' as const, protocol: 'http' as const }
    const lite = liteClient('app', 'search-only', { hosts: [host] })
    const { results } = await lite.search<Hit>({
      requests: [
        { indexName, query: 'oak', hitsPerPage: 2 },
        { indexName, query: '', filters: 'brand:Acme', hitsPerPage: 0, facets: 'brand' as never },
        { indexName, type: 'facet', facet: 'brand', facetQuery: 'app' },
      ],
    })
    expect(results[0]).toMatchObject({ nbHits: 30, hits: [{}, {}] })
    expect(results[1]).toMatchObject({ nbHits: 20, hits: [], facets: { brand: { Acme: 20 } } })
    expect(results[2]).toMatchObject({ facetHits: [{ value: 'Apple', highlighted: '<em>App</em>le', count: 20 }] })
  })

  it('stops after the first full answer where it is told to', async () => {
    const requests = ['oak', 'wool'].map((query) => ({ indexName, query, hitsPerPage: 5 }))
    const { results } = await shop.admin.search({ requests, strategy: 'stopIfEnoughMatches' })
    expect(results).toMatchObject([{ nbHits: 30 }, { nbHits: 0, processed: false }])
  })

  it('filters by the whole grammar', async () => {
    expect(sorted(await ids({ filters: 'brand:Acme AND (price < 20 OR price:50 TO 60)' }))).toEqual(
      where(({ brand, price }) => brand === 'Acme' && (price < 20 || (price >= 50 && price <= 60))),
    )
    expect(sorted(await ids({ filters: 'NOT colour:black AND inStock:true' }))).toEqual(
      where(({ colour, inStock }) => !colour.includes('black') && inStock),
    )
    expect(
      sorted(await ids({ tagFilters: ['sale'], numericFilters: ['price>=12', ['price<14', 'price=18']] })),
    ).toEqual([2, 3, 8])
    expect(sorted(await ids({ facetFilters: [['brand:Acme', 'brand:Apple'], 'colour:-red'] }))).toEqual(
      where(({ brand, colour }) => brand !== 'Borealis' && ![colour].flat().includes('red')),
    )
    expect(sorted(await ids({ filters: 'releasedAt > 1604000000 AND sale' }))).toEqual([])
    expect((await ids({ filters: 'categories.lvl1:"Home > Tables"' })).length).toBe(30)
    expect((await ids({ optionalFilters: ['brand:Acme<score=2>', 'colour:black'] })).slice(0, 4)).toEqual([
      45, 30, 15, 0,
    ])
  })

  it('finds what is near, nearest first, in circles, boxes and polygons', async () => {
    expect(await ids({ aroundLatLng: '48.1,2', aroundRadius: 2500 })).toEqual([10, 11, 9, 12, 8])
    expect(sorted(await ids({ insideBoundingBox: [[48.055, 1, 48.085, 3]] }))).toEqual([6, 7, 8])
    expect(sorted(await ids({ insideBoundingBox: '48.055,1,48.085,3' }))).toEqual([6, 7, 8])
    expect(sorted(await ids({ insidePolygon: [[48.005, 1, 48.005, 3, 48.035, 3, 48.035, 1]] }))).toEqual([1, 2, 3])
    const near = await search({ aroundLatLng: '48.1,2', getRankingInfo: true, hitsPerPage: 2 })
    expect(near.hits[1]._rankingInfo).toMatchObject({ geoDistance: 1112 })
    expect(near).not.toHaveProperty('automaticRadius')
  })

  it('sorts through replicas and through virtual ones, which keep to what is relevant', async () => {
    expect((await ids({}, 'products_price_asc')).slice(0, 3)).toEqual([0, 1, 2])
    expect((await ids({ query: 'scarf' }, 'products_price_asc')).slice(0, 3)).toEqual([1, 3, 5])
    expect((await ids({ query: 'scarf' }, 'products_newest')).slice(0, 2)).toEqual([59, 57])
    expect((await search({}, 'products_newest')).index).toBe('products_newest')
    expect((await shop.admin.getSettings({ indexName: 'products_newest' })).primary).toBe('products')
    const { items } = await shop.admin.listIndices()
    expect(items).toMatchObject([
      { name: 'products', entries: 60 },
      { name: 'products_newest', entries: 60, primary: 'products' },
      { name: 'products_price_asc' },
    ])
    await expect(shop.admin.saveObject({ indexName: 'products_newest', body: { objectID: 'x' } })).rejects.toThrow(
      'replica',
    )
  })

  it('shows one of a kind, or several', async () => {
    const one = await search({ distinct: true, hitsPerPage: 3, facets: ['_tags', 'brand'] })
    expect(one.hits.map(({ objectID }) => objectID)).toEqual(['p59', 'p55', 'p51'])
    expect(one).toMatchObject({ nbHits: 15, facets: { _tags: { sale: 2 } } })
    const two = await search({ distinct: 2, hitsPerPage: 2, page: 1 })
    expect(two.hits.map(({ objectID }) => objectID)).toEqual(['p51', 'p50', 'p47', 'p46'])
  })

  it('turns pages, also by offset, and stops where the index says', async () => {
    expect((await search({ page: 2, hitsPerPage: 4 })).hits.map(({ objectID }) => objectID)).toEqual([
      'p51',
      'p50',
      'p49',
      'p48',
    ])
    const slice = await search({ offset: 58, length: 5 })
    expect(slice).toMatchObject({ offset: 58, length: 5, hits: [{ objectID: 'p1' }, { objectID: 'p0' }] })
    expect(await search({ hitsPerPage: 0 })).toMatchObject({ hits: [], nbHits: 60, nbPages: 0 })
  })

  it('shows what is asked for: attributes, highlights, snippets, fields', async () => {
    const [hit] = (
      await search({
        query: 'oak',
        attributesToRetrieve: ['name', 'categories.lvl0', 'cost'],
        attributesToHighlight: ['name'],
        attributesToSnippet: ['name:2'],
        highlightPreTag: '[',
        highlightPostTag: ']',
      })
    ).hits
    expect(Object.keys(hit).sort()).toEqual(['_highlightResult', '_snippetResult', 'categories', 'name', 'objectID'])
    expect(hit.categories).toEqual({ lvl0: 'Home' })
    expect(Object.keys(hit._highlightResult as object)).toEqual(['name'])
    expect((hit._highlightResult as { name: { value: string } }).name.value).toMatch(/^\[Oak\] table/)
    const without = (await search({ attributesToRetrieve: ['*', '-name'], attributesToHighlight: [] })).hits[0]
    expect(without).not.toHaveProperty('name')
    expect(without).toHaveProperty('brand')
    expect(without).not.toHaveProperty('cost')
    expect(Object.keys(await search({ responseFields: ['hits', 'nbHits'] })).sort()).toEqual(['hits', 'nbHits'])
  })

  it('counts facets as the index says: not those for filters only, in the order asked, so many', async () => {
    const answer = await search({ facets: ['*'], maxValuesPerFacet: 2 })
    expect(Object.keys(answer.facets as object).sort()).toEqual([
      '_tags',
      'brand',
      'categories.lvl0',
      'categories.lvl1',
      'colour',
      'inStock',
      'price',
    ])
    const byName = await search({ facets: ['colour'], sortFacetValuesBy: 'alpha' })
    expect(JSON.stringify(byName.facets)).toBe('{"colour":{"black":12,"blue":20,"green":20,"red":20}}')
    const misspelt = await shop.admin.searchForFacetValues({
      indexName,
      facetName: 'brand',
      searchForFacetValuesRequest: { facetQuery: 'boraelis', params: 'filters=price<20' },
    })
    expect(misspelt.facetHits).toEqual([{ value: 'Borealis', highlighted: '<em>Borealis</em>', count: 3 }])
    await expect(shop.admin.searchForFacetValues({ indexName, facetName: 'model' })).rejects.toThrow(
      'searchable(model)',
    )
  })

  it('ignores what it does not know and refuses wrong values by name', async () => {
    await search({ unheardOf: { deep: true }, enableReRanking: false })
    for (const [wrong, name] of [
      [{ hitsPerPage: 'ten' }, 'hitsPerPage'],
      [{ page: -1 }, 'page'],
      [{ filters: 'brand:' }, 'filters'],
      [{ facetFilters: [5] }, 'facetFilters'],
      [{ queryType: 'none' }, 'queryType'],
      [{ aroundLatLng: 'here' }, 'aroundLatLng'],
      [{ insidePolygon: [[1, 2]] }, 'insidePolygon'],
      [{ typoTolerance: 'maybe' }, 'typoTolerance'],
    ] as const) {
      await expect(search(wrong)).rejects.toMatchObject({
        status: 400,
        message: expect.stringContaining(name) as string,
      })
    }
    await expect(shop.admin.setSettings({ indexName, indexSettings: { ranking: ['price'] } })).rejects.toThrow(
      'ranking[0]',
    )
    await expect(shop.admin.setSettings({ indexName, indexSettings: { hitsPerPage: 1e6 } })).rejects.toThrow(
      'hitsPerPage',
    )
    await expect(search({}, 'nowhere')).rejects.toMatchObject({ status: 404 })
  })

  it('is an exposure that clicks join, with the place on the page it was on', async () => {
    const answer = await search({ query: 'oak', clickAnalytics: true, userToken: 'ann', page: 1, hitsPerPage: 5 })
    const clicked = answer.hits[2].objectID
    await shop.insights.pushEvents({
      events: [
        {
          eventType: 'click',
          eventName: 'Clicked',
          index: indexName,
          userToken: 'ann',
          queryID: answer.queryID as string,
          objectIDs: [clicked],
          positions: [8],
          timestamp: noon,
        },
      ],
    })
    await shop.engine.shop(indexName as never).flush()
    const exposure = await shop.engine.store.exposures.get(answer.queryID as never)
    expect(exposure).toMatchObject({ surface: 'search', query: 'oak', offset: 5, userId: 'ann' })
    expect(exposure?.items.map(({ itemId }) => itemId)).toEqual(answer.hits.map(({ objectID }) => objectID))
    expect(shop.engine.shop(indexName as never).metrics().surfaces.search).toMatchObject({ clicks: 1 })
  })

  it('teaches the catalogue also where it was asked, and is answered, by the name of a replica', async () => {
    const replica = 'products_price_asc'
    const answer = await search({ query: 'oak', clickAnalytics: true, userToken: 'bea' }, replica)
    const [{ objectID }] = answer.hits
    const clicked = { eventType: 'click', eventName: 'Clicked', positions: [1], timestamp: noon } as const
    const own = { index: replica, userToken: 'bea', queryID: answer.queryID as string, objectIDs: [objectID] }
    await shop.insights.pushEvents({ events: [{ ...clicked, ...own }] })
    expect(
      shop.engine
        .shop(indexName as never)
        .profile('bea' as never)
        ?.history.map(({ itemId }) => itemId),
    ).toEqual([objectID])
  })
})

describe('rules', () => {
  const rule = (objectID: string, condition: object, consequence: object, more: object = {}) =>
    shop.admin.saveRule({
      indexName,
      objectID,
      rule: { objectID, conditions: [condition], consequence, ...more },
    })

  it('pin, hide, boost, filter, rewrite, redirect and tell the page what to show', async () => {
    await rule(
      'pin',
      { pattern: 'oak', anchoring: 'is' },
      { promote: [{ objectID: 'p1', position: 1 }], hide: [{ objectID: 'p58' }], userData: { banner: 'oak' } },
    )
    const pinned = await search({ query: 'oak', hitsPerPage: 3 })
    expect(pinned.hits.map(({ objectID }) => objectID)).toEqual(['p56', 'p1', 'p54'])
    expect(pinned).toMatchObject({ nbHits: 30, userData: [{ banner: 'oak' }], appliedRules: [{ objectID: 'pin' }] })

    await rule(
      'brand',
      { pattern: '{facet:brand}', anchoring: 'contains' },
      { params: { query: { remove: ['{facet:brand}'] }, automaticFacetFilters: ['brand'] } },
    )
    expect(sorted(await ids({ query: 'scarf borealis' }))).toEqual(
      where(({ brand }, at) => brand === 'Borealis' && at % 2 === 1),
    )

    await rule(
      'edit',
      { pattern: 'muffler', anchoring: 'contains' },
      {
        params: {
          query: { edits: [{ type: 'replace', delete: 'muffler', insert: 'scarf' }] },
          filters: 'price < 20',
          renderingContent: { redirect: { url: 'https://shop.example/scarves' } },
        },
      },
    )
    const edited = await search({ query: 'wool muffler' })
    expect(edited).toMatchObject({
      nbHits: 5,
      query: 'wool muffler',
      queryAfterRemoval: 'wool scarf',
      renderingContent: { redirect: { url: 'https://shop.example/scarves' } },
    })

    await rule('boost', { context: 'mobile' }, { params: { optionalFilters: ['colour:black'] } })
    expect((await ids({ ruleContexts: ['mobile'] }))[0]).toBe(55)
    expect((await ids({}))[0]).toBe(59)
  })

  it('hold in their time, where they are enabled, for searches with their filters', async () => {
    const until = noon / 1000
    await rule(
      'past',
      { pattern: 'wool' },
      { promote: [{ objectID: 'p0', position: 0 }] },
      { validity: [{ from: 0, until }] },
    )
    await rule('off', { pattern: 'wool' }, { promote: [{ objectID: 'p0', position: 0 }] }, { enabled: false })
    await rule('filtered', { filters: 'brand:Acme' }, { promote: [{ objectID: 'p9', position: 0 }] })
    expect((await ids({ query: 'wool' }))[0]).toBe(59)
    expect((await ids({ query: 'wool', facetFilters: ['brand:Acme'] }))[0]).toBe(9)
    expect((await ids({ query: 'wool', facetFilters: ['brand:Acme'], enableRules: false }))[0]).toBe(57)
  })

  it('are saved, found, read and removed', async () => {
    expect(await shop.admin.getRule({ indexName, objectID: 'pin' })).toMatchObject({ objectID: 'pin' })
    expect(await shop.admin.searchRules({ indexName, searchRulesParams: { query: 'muffler' } })).toMatchObject({
      nbHits: 1,
    })
    await expect(
      shop.admin.saveRule({
        indexName,
        objectID: 'bad',
        rule: { objectID: 'bad', consequence: { promote: [{ objectID: 'p1', position: -1 }] } },
      }),
    ).rejects.toThrow('position')
    await shop.admin.deleteRule({ indexName, objectID: 'pin' })
    await expect(shop.admin.getRule({ indexName, objectID: 'pin' })).rejects.toMatchObject({ status: 404 })
    await shop.admin.saveRules({
      indexName,
      rules: [{ objectID: 'only', consequence: { hide: [{ objectID: 'p0' }] } }],
      clearExistingRules: true,
    })
    expect(await shop.admin.searchRules({ indexName })).toMatchObject({ nbHits: 1 })
    await shop.admin.clearRules({ indexName })
    expect(await shop.admin.searchRules({ indexName })).toMatchObject({ nbHits: 0 })
  })
})

describe('synonyms', () => {
  it('of every kind are saved, found, read and removed', async () => {
    const all = [
      { objectID: 'a', type: 'synonym' as const, synonyms: ['sofa', 'couch'] },
      { objectID: 'b', type: 'onewaysynonym' as const, input: 'phone', synonyms: ['iphone'] },
      { objectID: 'c', type: 'altcorrection1' as const, word: 'tabel', corrections: ['table'] },
      { objectID: 'd', type: 'placeholder' as const, placeholder: '<size>', replacements: ['s', 'm'] },
    ]
    await shop.admin.saveSynonyms({ indexName, synonymHit: all })
    expect(await shop.admin.getSynonym({ indexName, objectID: 'b' })).toEqual(all[1])
    const found = await shop.admin.searchSynonyms({ indexName, searchSynonymsParams: { type: 'placeholder' } })
    expect(found.hits).toEqual([all[3]])
    await expect(
      shop.admin.saveSynonym({ indexName, objectID: 'x', synonymHit: { objectID: 'x', type: 'synonym' } }),
    ).rejects.toThrow('synonyms')
    await shop.admin.deleteSynonym({ indexName, objectID: 'a' })
    expect(await shop.admin.searchSynonyms({ indexName })).toMatchObject({ nbHits: 3 })
    await shop.admin.clearSynonyms({ indexName })
  })
})

describe('keys', () => {
  const as = (key: string) => {
    const host = { url: shop.url.slice('http://'.length), accept: 'readWrite' as const, protocol: 'http' as const }
    return algoliasearch('app', key, { hosts: [host] })
  }
  const refused = { status: 403 }

  it('may do what they are for, on their indices, and no more', async () => {
    const { key } = await shop.admin.addApiKey({
      acl: ['search', 'browse'],
      indexes: ['prod*'],
      maxHitsPerQuery: 3,
      description: 'front end',
    })
    await shop.admin.waitForApiKey({ key, operation: 'add' })
    expect(await as(key).searchSingleIndex({ indexName })).toMatchObject({ hitsPerPage: 3 })
    await expect(as(key).saveObject({ indexName, body: { objectID: 'x' } })).rejects.toMatchObject(refused)
    await expect(as(key).searchSingleIndex({ indexName: 'other' })).rejects.toMatchObject(refused)
    await shop.admin.updateApiKey({ key, apiKey: { acl: ['addObject'] } })
    expect(await shop.admin.getApiKey({ key })).toMatchObject({ acl: ['addObject'] })
    await expect(as(key).searchSingleIndex({ indexName })).rejects.toMatchObject(refused)
    await shop.admin.deleteApiKey({ key })
    await expect(as(key).getSettings({ indexName })).rejects.toMatchObject(refused)
    await shop.admin.restoreApiKey({ key })
    await as(key).saveObject({ indexName, body: objects[0] })
    expect((await shop.admin.listApiKeys()).keys).toMatchObject([{ acl: ['search', 'recommendation'] }, { value: key }])
    await expect(as(key).listApiKeys()).rejects.toMatchObject(refused)
    await expect(shop.admin.addApiKey({ acl: ['fly'] as never })).rejects.toThrow('acl')
    const rows = await shop.engine.store.keys.list()
    expect(rows.map((row) => Buffer.from(row.sealed).includes(key) || row.hash === key)).toEqual([false, false])
  })

  it('have a rate and an end', async () => {
    const { key } = await shop.admin.addApiKey({ acl: ['search'], maxQueriesPerIPPerHour: 2, validity: 3600 })
    const ask = async () => (await fetch(`${shop.url}/1/indexes/products?x-algolia-api-key=${key}`)).status
    expect([await ask(), await ask(), await ask()]).toEqual([200, 200, 429])
    shop.clock.advance(3_600_000)
    expect(await ask()).toBe(403)
    shop.clock.set(noon)
  })

  it('made by the shop from a search key limit filters, indices, time and sources, and cannot be changed', async () => {
    const parentApiKey = (await shop.admin.addApiKey({ acl: ['search'] })).key
    const make = (restrictions: object) => shop.admin.generateSecuredApiKey({ parentApiKey, restrictions })
    const mine = make({
      filters: 'brand:Acme',
      restrictIndices: ['products'],
      validUntil: noon / 1000 + 60,
      userToken: 'ann',
    })
    const answer = (await as(mine).searchSingleIndex({
      indexName,
      searchParams: { filters: 'price < 20', hitsPerPage: 50, clickAnalytics: true, userToken: 'bob' },
    })) as unknown as Found
    expect(sorted(answer.hits.map(({ objectID }) => Number(objectID.slice(1))))).toEqual([0, 3, 6, 9])
    await shop.engine.shop(indexName as never).flush()
    expect(await shop.engine.store.exposures.get(answer.queryID as never)).toMatchObject({ userId: 'ann' })
    await expect(as(mine).searchSingleIndex({ indexName: 'other' })).rejects.toMatchObject(refused)
    await expect(as(mine).saveObject({ indexName, body: { objectID: 'x' } })).rejects.toMatchObject(refused)
    await expect(as(make({ validUntil: noon / 1000 - 1 })).searchSingleIndex({ indexName })).rejects.toMatchObject(
      refused,
    )
    await expect(as(make({ restrictSources: '10.0.0.0/8' })).searchSingleIndex({ indexName })).rejects.toMatchObject(
      refused,
    )
    await as(make({ restrictSources: '127.0.0.0/8' })).searchSingleIndex({ indexName })
    const signature = createHmac('sha256', parentApiKey).update('filters=brand%3AAcme').digest('hex')
    const forged = Buffer.from(`${signature}filters=`).toString('base64')
    await expect(as(forged).searchSingleIndex({ indexName })).rejects.toMatchObject(refused)
  })

  it('made by the shop end with the key they were made from, and come back with it', async () => {
    const parentApiKey = (await shop.admin.addApiKey({ acl: ['search'] })).key
    const mine = as(shop.admin.generateSecuredApiKey({ parentApiKey, restrictions: {} }))
    await mine.searchSingleIndex({ indexName })
    await shop.admin.deleteApiKey({ key: parentApiKey })
    await expect(mine.searchSingleIndex({ indexName })).rejects.toMatchObject(refused)
    await shop.admin.restoreApiKey({ key: parentApiKey })
    await mine.searchSingleIndex({ indexName })
  })

  it('are needed where the shop is not open', async () => {
    const closed = await openShopForTest({ server: { openSearch: false } })
    await closed.admin.saveObjects({ indexName, objects: objects.slice(0, 3) })
    const ask = async (key: string) => (await fetch(`${closed.url}/1/indexes/products?x-algolia-api-key=${key}`)).status
    const [own] = (await closed.admin.listApiKeys()).keys
    expect([await ask(''), await ask('unknown'), await ask(own.value)]).toEqual([403, 403, 200])
    // As the insights library of a page writes it.
    const asPage = (key: string) => fetch(`${closed.url}/1/indexes/products?X-Algolia-API-Key=${key}`)
    expect([(await asPage('unknown')).status, (await asPage(own.value)).status]).toEqual([403, 200])
    await closed.close()
  })
})
