/** What a shop learns from the searches its shoppers make, over HTTP with the stock clients. */
import { createHmac } from 'node:crypto'
import { liteClient } from 'algoliasearch/lite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hourMs, minuteMs } from '../src/base/clock.ts'
import type { UserId } from '../src/domain/ids.ts'
import { openShopForTest, type OpenShop } from './open-shop.ts'

const indexName = 'products'
const suggestionsIndex = 'products_query_suggestions'
const kinds = [
  ['couch', 'Living', 'Acme'],
  ['lamp', 'Living', 'Borealis'],
  ['desk', 'Office', 'Acme'],
  ['chair', 'Office', 'Cedar'],
] as const
const objects = kinds.flatMap(([kind, category, brand], at) =>
  ['Oak', 'Walnut', 'Blue', 'Green', 'White', 'Steel'].map((look, place) => ({
    objectID: `${kind}${place}`,
    name: `${look} ${kind}`,
    brand,
    categories: [category],
    tenant: at < 2 ? 'a' : 'b',
  })),
)

let shop: OpenShop
beforeEach(async () => {
  shop = await openShopForTest()
  await shop.admin.saveObjects({ indexName, objects, waitForTasks: true })
})
afterEach(() => shop.close())

type Hit = { objectID: string; query: string; popularity: number; [key: string]: unknown }
type Found = { hits: Hit[]; nbHits: number; queryID: string; alternative?: { query: string; nbHits: number } }

const search = async (searchParams: object, name = indexName) =>
  (await shop.admin.searchSingleIndex({ indexName: name, searchParams })) as unknown as Found
const suggested = async (searchParams: object = {}) => (await search(searchParams, suggestionsIndex)).hits
const texts = async (searchParams: object = {}) => (await suggested(searchParams)).map(({ query }) => query)

/** Somebody searches, one search after the other, and clicks where a product is named: "query>product". */
async function visit(userToken: string, ...steps: readonly string[]): Promise<void> {
  shop.clock.advance(hourMs)
  for (const step of steps) {
    shop.clock.advance(minuteMs)
    const [query, product] = step.split('>')
    const { queryID } = await search({ query, userToken, clickAnalytics: true })
    if (product === undefined) continue
    const click = { eventType: 'click', eventName: 'Clicked', index: indexName, userToken, queryID } as const
    await shop.insights.pushEvents({ events: [{ ...click, objectIDs: [product], positions: [1] }] })
  }
}
const eventually = <Value>(value: () => Promise<Value>) => expect.poll(value, { timeout: 5_000 })

describe('query suggestions', () => {
  it('come from the catalogue where nobody has searched: brands, categories and what titles are about', async () => {
    await eventually(() => texts({ query: '' })).toEqual(
      expect.arrayContaining(['acme', 'living', 'office', 'couch', 'lamp', 'desk', 'chair']),
    )
    const [acme] = await suggested({ query: 'acm' })
    expect(acme).toMatchObject({
      objectID: 'acme',
      query: 'acme',
      nb_words: 1,
      popularity: 0,
      products: {
        exact_nb_hits: 12,
        facets: {
          exact_matches: {
            categories: [
              { count: 6, value: 'Living' },
              { count: 6, value: 'Office' },
            ],
          },
        },
      },
    })
    const marked = { query: { value: '<em>liv</em>ing', matchLevel: 'full' } }
    expect((await suggested({ query: 'liv' }))[0]).toMatchObject({ query: 'living', _highlightResult: marked })
  })

  it('are what enough different shoppers typed and find something, by popularity, forgiving typing', async () => {
    for (const who of ['ann', 'bob', 'cid']) await visit(who, 'Blue  Couch', 'white lamp')
    await visit('dee', 'white lamp')
    for (const time of [1, 2, 3]) await visit('eve', `secret wish ${time}`, 'steel desk')
    for (const who of ['ann', 'bob', 'cid']) await visit(who, 'flying carpet')
    await eventually(() => texts({ query: '', hitsPerPage: 2 })).toEqual(['white lamp', 'blue couch'])
    expect((await suggested({ query: 'whit' }))[0]).toMatchObject({ query: 'white lamp', popularity: 4 })
    expect(await texts({ query: 'bleu co' })).toEqual(['blue couch'])
    const all = await texts({ hitsPerPage: 1000 })
    for (const text of ['steel desk', 'flying carpet', 'secret wish 1']) expect(all).not.toContain(text)
  })

  it('answer the search client of a page, next to other indices', async () => {
    for (const who of ['ann', 'bob', 'cid']) await visit(who, 'blue couch')
    await eventually(() => texts({ query: 'blue' })).toEqual(['blue couch'])
    const hosts = [{ url: shop.url.slice('http://'.length), accept: 'readWrite' as const, protocol: 'http' as const }]
    const { results } = await liteClient('app', 'search', { hosts }).search<Hit>([
      { indexName: suggestionsIndex, params: { query: 'blu', hitsPerPage: 5 } },
      { indexName, params: { query: 'blu' } },
    ])
    expect((results as { hits: unknown[] }[]).map(({ hits }) => hits.length)).toEqual([1, 4])
  })

  it('put what a shopper searched first, for that shopper, and nothing that is not suggested to all', async () => {
    for (const who of ['ann', 'bob', 'cid']) await visit(who, 'blue couch', 'white lamp')
    for (const who of ['dee', 'eve', 'fay']) await visit(who, 'white lamp')
    await visit('ann', 'green chair')
    await visit('ann', 'blue couch')
    const first = (more: object) => async () => (await texts({ query: '', hitsPerPage: 2, ...more })).join()
    await eventually(first({})).toBe('white lamp,blue couch')
    await eventually(first({ userToken: 'ann', enablePersonalization: true })).toBe('blue couch,white lamp')
    await eventually(first({ userToken: 'ann' })).toBe('white lamp,blue couch')
    expect(await texts({ query: 'green', userToken: 'ann', enablePersonalization: true })).toEqual([])
  })

  it('are forgotten with the shopper without whom they would not be', async () => {
    for (const who of ['ann', 'bob', 'cid']) await visit(who, 'blue couch')
    await eventually(() => texts({ query: 'blue' })).toEqual(['blue couch'])
    await shop.engine.people.erase('bob' as UserId)
    await eventually(() => texts({ query: 'blue' })).toEqual([])
  })

  it('come back from the store after a restart', async () => {
    for (const who of ['ann', 'bob', 'cid']) await visit(who, 'blue couch')
    await shop.close(true)
    shop = await openShopForTest({}, shop.folder)
    await eventually(() => suggested({ query: 'blue' })).toMatchObject([{ query: 'blue couch', popularity: 3 }])
  })

  it('tell nothing, under a filter of the key or the page, of products outside it', async () => {
    for (const who of ['ann', 'bob', 'cid']) await visit(who, 'blue couch', 'steel desk')
    await eventually(() => texts({ query: '' })).toEqual(expect.arrayContaining(['blue couch', 'steel desk']))
    const { key } = await shop.admin.addApiKey({ acl: ['search'] })
    const secured = (params: string) =>
      Buffer.from(createHmac('sha256', key).update(params).digest('hex') + params).toString('base64')
    const hosts = [{ url: shop.url.slice('http://'.length), accept: 'readWrite' as const, protocol: 'http' as const }]
    const seen = async (params: string, asked: object = {}) => {
      const client = liteClient('app', secured(params), { hosts })
      const { results } = await client.search<Hit>([
        { indexName: suggestionsIndex, params: { hitsPerPage: 100, ...asked } },
      ])
      return JSON.stringify(results)
    }
    const everything = { attributesToHighlight: ['*'], attributesToSnippet: ['*'], facets: ['*', 'query'] }
    for (const params of ['filters=tenant%3Aa', 'filters=NOT%20tenant%3Ab', 'facetFilters=tenant%3A-b']) {
      const answer = await seen(params, everything)
      expect(answer).toContain('blue couch')
      for (const hidden of ['desk', 'chair', 'Office', 'office', 'Cedar', 'cedar']) expect(answer).not.toContain(hidden)
    }
    const acme = await suggested({ query: 'acme', filters: 'tenant:a' })
    expect(acme).toMatchObject([{ query: 'acme', products: { exact_nb_hits: 6, facets: { exact_matches: {} } } }])
    await expect(shop.admin.searchForFacetValues({ indexName: suggestionsIndex, facetName: 'query' })).rejects.toThrow(
      'suggestions can be searched only',
    )
  })
})

describe('a search that finds next to nothing', () => {
  const mended = async () => {
    for (const who of ['ann', 'bob', 'cid']) await visit(who, 'sofa', 'couch>couch1')
    for (const [at, kind] of ['lamp', 'desk', 'chair'].entries()) await visit(`other${at}`, `${kind}>${kind}0`)
    await eventually(async () => (await search({ query: 'sofa' })).alternative).toEqual({ query: 'couch', nbHits: 6 })
  }

  it('finds what shoppers type instead, says so, and leaves alone what finds enough or must not', async () => {
    expect((await search({ query: 'sofa' })).nbHits).toBe(0)
    await mended()
    const { hits, nbHits } = await search({ query: 'sofa' })
    expect(nbHits).toBe(6)
    expect(hits.every(({ objectID }) => objectID.startsWith('couch'))).toBe(true)
    expect(hits[0]).toMatchObject({
      _highlightResult: { name: { value: expect.stringContaining('<em>couch</em>') as string } },
    })
    expect((await search({ query: 'sofa', hitsPerPage: 4, page: 1 })).hits).toHaveLength(2)
    for (const not of [
      { query: 'couch' },
      { query: 'sofa', synonyms: false },
      { query: 'sofa', removeWordsIfNoResults: 'none' },
    ]) {
      expect((await search(not)).alternative).toBeUndefined()
    }
  })

  it('shows its own hits above those', async () => {
    await mended()
    await shop.admin.saveObject({ indexName, body: { objectID: 'own', name: 'Sofa' }, waitForTasks: true } as never)
    const { hits, nbHits, alternative } = await search({ query: 'sofa' })
    expect([hits[0].objectID, nbHits, alternative?.query]).toEqual(['own', 7, 'couch'])
  })

  it('offers the words as a synonym, which the stock client saves as it is', async () => {
    await mended()
    const path = 'haggle/v1/learnt-synonyms'
    const offered = async () => {
      const answer = (await shop.admin.customGet({ path })) as unknown as {
        synonyms: { synonym: never; shoppers: number }[]
      }
      return answer.synonyms
    }
    const [{ synonym, shoppers }] = await offered()
    expect(synonym).toMatchObject({ type: 'onewaysynonym', input: 'sofa', synonyms: ['couch'] })
    expect(shoppers).toBe(3)
    await shop.admin.saveSynonym({
      indexName,
      objectID: (synonym as { objectID: string }).objectID,
      synonymHit: synonym,
    })
    expect(await offered()).toEqual([])
    expect(await search({ query: 'sofa' })).toMatchObject({ nbHits: 6 })
  })
})
