/**
 * Two tenants in one index: nothing a key of one may ask, however it asks, shows what its filter hides.
 *
 * Every word and number of a hidden product is a mark that stands nowhere else, so that an answer which tells of one
 * can be told by its text. Counts are held against a shop that never had the other tenant's products.
 * 300 questions; `HAGGLE_FUZZ=100000` asks that many, `HAGGLE_FUZZ_SEED` others.
 */
import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { surfaces } from '../src/engine.ts'
import { acls } from '../src/serve/key-rights.ts'
import { noon, openShopForTest, type OpenShop } from './open-shop.ts'

const questionsWanted = Number(process.env.HAGGLE_FUZZ ?? 300)
const seed = process.env.HAGGLE_FUZZ_SEED === undefined ? {} : { seed: Number(process.env.HAGGLE_FUZZ_SEED) }

const kinds = ['couch', 'lamp', 'desk', 'chair']
const own = Array.from({ length: 24 }, (_, at) => ({
  objectID: `a${at}`,
  tenant: 'a',
  level: 1,
  name: `${['blue', 'white', 'green'][at % 3]} ${kinds[at % 4]}`,
  brand: ['Acme', 'Bolt'][at % 2],
  categories: [kinds[at % 4]],
  group: `g${at % 5}`,
  price: 10 + at,
  deep: { size: at },
  _tags: ['open'],
  _geoloc: { lat: 1 + at / 100, lng: 1 },
}))
const hidden = Array.from({ length: 24 }, (_, at) => ({
  objectID: `zqid${at}`,
  tenant: 'b',
  level: 9,
  name: `blue ${kinds[at % 4]} zqname${at}`,
  brand: `zqbrand${at % 3}`,
  categories: [kinds[at % 4], `zqcat${at % 4}`],
  group: `g${at % 5}`,
  price: 777_000 + at,
  deep: { size: 778_000 + at, zqattribute: 'zqdeep' },
  _tags: ['zqtag'],
  _geoloc: { lat: 1 + at / 100, lng: 1 },
}))
const marks = /zq|\b77[78]\d{3}\b/i

const pin = (objectID: string, pattern: string, ids: readonly string[], more: object = {}) => ({
  objectID,
  conditions: [{ pattern, anchoring: 'contains' }],
  consequence: { promote: [{ objectIDs: ids, position: 0 }], ...more },
})
const rules = [
  pin('both', 'couch', ['zqid1', 'a4', 'zqid2']),
  pin('rule zq', 'lamp', ['zqid1', 'zqid3'], { userData: { banner: 'zq banner' } }),
  pin('within filters', 'desk', ['zqid2', 'a2'], { filterPromotes: true }),
  {
    objectID: 'brand',
    conditions: [{ pattern: '{facet:brand}', anchoring: 'contains' }],
    consequence: { params: { automaticFacetFilters: ['brand'], query: { remove: ['{facet:brand}'] } } },
  },
]
const settings = {
  attributesForFaceting: ['searchable(brand)', 'categories', 'price', 'tenant', 'deep.size', 'searchable(group)'],
  attributeForDistinct: 'group',
  replicas: ['products_by_price'],
}

let shop: OpenShop
/** The same shop, had it never had the other tenant. */
let alone: OpenShop
let parent: string
let fenced: string

const everyRight = ['search', 'browse', 'recommendation', 'seeUnretrievableAttributes']
async function open(records: readonly object[]): Promise<OpenShop> {
  const opened = await openShopForTest({
    server: { openSearch: false },
    training: { models: ['popularity', 'item-knn'], bootstrapRounds: 10 },
  })
  const indexName = 'products'
  await opened.admin.saveObjects({ indexName, objects: records as never })
  await opened.admin.setSettings({ indexName, indexSettings: settings })
  await opened.admin.saveRules({ indexName, rules: rules as never })
  return opened
}

/** Shoppers of both tenants, some of them with things of the other one in their history. */
function visits() {
  const acts = []
  for (let who = 0; who < 30; who++) {
    for (let step = 0; step < 8; step++) {
      const at = (who * 5 + step * 7) % 24
      const objectID = (who + step) % 3 === 0 ? `a${at}` : `zqid${at}`
      const act = step % 4 === 3 ? 'purchase' : 'view'
      acts.push({
        ...(act === 'purchase'
          ? { eventType: 'conversion', eventSubtype: 'purchase', objectData: [{ price: 5, quantity: 1 }] }
          : { eventType: 'view' }),
        ...{ eventName: act, index: 'products', userToken: `shopper${who}`, objectIDs: [objectID] },
        timestamp: noon - (30 - who) * 86_400_000 + step * 60_000,
      })
    }
    for (const query of ['blue couch', `zqname${who % 5}`]) {
      acts.push({
        ...{ eventType: 'search', eventName: 'Searched', index: 'products', userToken: `shopper${who}`, query },
        timestamp: noon - (30 - who) * 86_400_000,
      })
    }
  }
  return acts
}

beforeAll(async () => {
  shop = await open([...hidden, ...own])
  alone = await open(own)
  await shop.insights.pushEvents({ events: visits() as never })
  await shop.engine.train('products' as never, { force: true })
  parent = (await shop.admin.addApiKey({ acl: everyRight as never })).key
  fenced = (await shop.admin.addApiKey({ acl: everyRight as never, queryParameters: 'filters=tenant:a' })).key
}, 120_000)
afterAll(async () => {
  await shop.close()
  await alone.close()
})

const secured = (key: string, params: string) =>
  Buffer.from(createHmac('sha256', key).update(params).digest('hex') + params).toString('base64')

/** Keys that all see tenant a alone, made in every way there is. */
const key = fc.constantFrom(
  () => secured(parent, 'filters=tenant%3Aa'),
  () => secured(parent, 'filters=NOT%20tenant%3Ab&userToken=shopper1'),
  () => secured(parent, 'facetFilters=tenant%3Aa'),
  () => secured(parent, `facetFilters=${encodeURIComponent('[["tenant:a","tenant:none"]]')}`),
  () => secured(parent, 'numericFilters=level%3C5'),
  () => secured(parent, 'tagFilters=open'),
  () => fenced,
  () => secured(fenced, 'filters='),
  () => secured(fenced, 'hitsPerPage=1000&filters=level%3E0&facetFilters=tenant%3A-nobody'),
)

const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined, freq: 3 })
const word = fc.constantFrom(...kinds, 'blue', 'cuoch', 'zqname1', 'zqbrand0', 'zqcat1', 'Acme', '"zqname2"', '-blue')
const filter = fc.constantFrom(
  'tenant:b',
  'tenant:a OR tenant:b',
  'NOT tenant:a',
  'price > 777000',
  'objectID:zqid1 OR objectID:a1',
  'brand:zqbrand1',
  '_tags:zqtag OR price < 20',
  '',
)
const asked = fc.record(
  {
    query: fc.array(word, { maxLength: 3 }).map((words) => words.join(' ')),
    filters: filter,
    facetFilters: fc.constantFrom<unknown>([['tenant:b', 'tenant:a']], 'tenant:b', [['brand:-Acme']], []),
    numericFilters: fc.constantFrom<unknown>('price>1', [['price>777000', 'price<20']]),
    tagFilters: fc.constantFrom('zqtag', '-open'),
    optionalFilters: fc.constantFrom<unknown>('tenant:b', [['objectID:zqid1<score=9>', 'brand:zqbrand1']]),
    facets: fc.constantFrom<unknown>(['*'], ['brand', 'price', 'deep.size'], 'brand,categories'),
    facetingAfterDistinct: fc.boolean(),
    distinct: fc.constantFrom<unknown>(false, true, 2, 3),
    hitsPerPage: fc.constantFrom(0, 1, 5, 1000),
    page: fc.constantFrom(0, 1),
    typoTolerance: fc.constantFrom<unknown>(true, false, 'min', 'strict'),
    mode: fc.constantFrom('keywordSearch', 'neuralSearch'),
    removeWordsIfNoResults: fc.constantFrom('none', 'lastWords', 'firstWords', 'allOptional'),
    advancedSyntax: fc.boolean(),
    enableRules: fc.boolean(),
    getRankingInfo: fc.boolean(),
    clickAnalytics: fc.boolean(),
    insideBoundingBox: fc.constantFrom<unknown>([[-80, -170, 80, 170]], '0,0,3,3'),
    aroundLatLng: fc.constant('1,1'),
    aroundRadius: fc.constantFrom<unknown>('all', 1000),
    userToken: fc.constantFrom('shopper1', 'shopper2', 'nobody'),
    enablePersonalization: fc.boolean(),
    attributesToHighlight: fc.constant(['*']),
    attributesToSnippet: fc.constant(['*']),
    restrictSearchableAttributes: fc.constantFrom(['name'], ['brand']),
    relevancyStrictness: fc.constantFrom(0, 50),
    restrictIndices: fc.constant('*'),
  },
  { requiredKeys: [] },
)

const facetName = fc.constantFrom('brand', 'categories', 'deep.size', 'tenant', 'objectID', '_tags')
const item = fc.constantFrom('zqid1', 'zqid5', 'a1', 'a2', 'nowhere')
const narrow = fc.record(
  {
    filters: filter,
    facetFilters: fc.constantFrom<unknown>([['tenant:b']], []),
    optionalFilters: fc.constantFrom<unknown>('tenant:b', 'brand:zqbrand0'),
    userToken: fc.constantFrom('shopper1', 'shopper2', 'nobody'),
    attributesToRetrieve: fc.constantFrom<unknown>(['*'], 'name,brand'),
  },
  { requiredKeys: [] },
)
const recommendation = fc.record({
  indexName: fc.constantFrom('products', 'products_by_price'),
  model: fc.constantFrom(...surfaces),
  objectID: item,
  facetName,
  facetValue: maybe(fc.constantFrom('zqbrand0', 'Acme', 'zqcat1', 'zqtag')),
  threshold: fc.constant(0),
  maxRecommendations: fc.constantFrom(0, 3, 1000),
  userToken: maybe(fc.constantFrom('shopper1', 'shopper4', 'nobody')),
  queryParameters: maybe(narrow),
  fallbackParameters: maybe(narrow),
})

interface Question {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly payload?: object
}
const post = (url: string, payload: object): Question => ({ method: 'POST', url, payload })
const index = fc.constantFrom('products', 'products_by_price')
const asParams = (each: object) =>
  Object.entries(each)
    .map(([name, value]) => `${name}=${encodeURIComponent(typeof value === 'string' ? value : JSON.stringify(value))}`)
    .join('&')

const search = fc.oneof(
  fc.tuple(index, asked).map(([name, each]) => post(`/1/indexes/${name}/query`, each)),
  fc.tuple(index, asked).map(([name, each]) => post(`/1/indexes/${name}/query`, { params: asParams(each) })),
  fc
    .tuple(index, asked)
    .map(([name, each]): Question => ({ method: 'GET', url: `/1/indexes/${name}?${asParams(each)}` })),
)
const facetSearch = fc
  .tuple(index, facetName, asked, fc.constantFrom('', 'z', 'zqb', 'a', 'zqbrand0'))
  .map(([name, facet, each, facetQuery]) => post(`/1/indexes/${name}/facets/${facet}/query`, { ...each, facetQuery }))
const others = fc.oneof(
  facetSearch,
  fc.tuple(asked, asked).map(([one, other]) =>
    post('/1/indexes/*/queries', {
      requests: [
        { indexName: 'products', ...one },
        { indexName: 'products', type: 'facet', facet: 'brand', ...other },
        { indexName: 'products_query_suggestions', ...other },
      ],
    }),
  ),
  fc.tuple(index, asked).map(([name, each]) => post(`/1/indexes/${name}/browse`, each)),
  fc.tuple(asked, item).map(([each, after]) => {
    const cursor = Buffer.from(JSON.stringify({ asked: each, after, page: 1 })).toString('base64url')
    return post('/1/indexes/products/browse', { cursor })
  }),
  recommendation.map((each) => post('/1/indexes/*/recommendations', { requests: [each] })),
  item.map((id): Question => ({ method: 'GET', url: `/1/indexes/products/${id}` })),
  fc
    .tuple(item, item)
    .map((ids) =>
      post('/1/indexes/*/objects', { requests: ids.map((objectID) => ({ indexName: 'products', objectID })) }),
    ),
)

/** Without what the answer repeats of the question. */
function told(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(told)
  if (typeof body !== 'object' || body === null) return body
  const echoes = ['query', 'params', 'queryAfterRemoval', 'processingTimeMS', 'serverTimeMS', 'queryID']
  return Object.fromEntries(
    Object.entries(body).flatMap(([name, value]) => (echoes.includes(name) ? [] : [[name, told(value)]])),
  )
}

async function ask(where: OpenShop, apiKey: string, { method, url, payload }: Question) {
  const answer = await where.app.inject({
    method,
    url,
    headers: { 'x-algolia-api-key': apiKey },
    ...(payload === undefined ? {} : { payload }),
  })
  return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() }
}

/** Of an answer: what there is, in no order. */
function set({ body }: Awaited<ReturnType<typeof ask>>): object {
  const { nbHits, facets, facets_stats, facetHits } = body
  return { nbHits, facets, facets_stats, facetHits }
}

describe('a key with a filter', () => {
  it(
    'is never shown what its filter hides, whatever it asks, nor told of it by any count',
    async () => {
      let answered = 0
      await fc.assert(
        fc.asyncProperty(key, fc.oneof(search, others), async (make, question) => {
          const answer = await ask(shop, make(), question)
          answered += Number(answer.status === 200)
          expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(500)
          expect(JSON.stringify(told(answer.status === 200 ? answer.body : {}))).not.toMatch(marks)
        }),
        { numRuns: questionsWanted, ...seed },
      )
      expect(answered).toBeGreaterThan(questionsWanted * 0.6)
    },
    Math.max(120_000, questionsWanted * 100),
  )

  it(
    'finds and counts what it would were nothing else there',
    async () => {
      await fc.assert(
        fc.asyncProperty(key, fc.oneof(search, facetSearch), async (make, question) => {
          const here = await ask(shop, make(), question)
          const there = await ask(alone, alone.engine.adminKey, question)
          expect([here.status, set(here)]).toEqual([there.status, set(there)])
        }),
        { numRuns: Math.ceil(questionsWanted / 2), ...seed },
      )
    },
    Math.max(120_000, questionsWanted * 100),
  )

  it('has no right to anything that knows no filters, on any route there is', async () => {
    const { paths } = shop.app.swagger() as unknown as { paths: Record<string, Record<string, unknown>> }
    const all = (
      await shop.admin.addApiKey({
        acl: [...acls] as never,
      })
    ).key
    const own = secured(all, 'filters=tenant%3Aa')
    const values: Readonly<Record<string, string>> = {
      ...{ index: 'products', objectID: 'zqid1', id: 'both', facet: 'brand', userToken: 'shopper1' },
      ...{ attribute: 'brand', taskID: '1', key: all, name: 'x.csv', token: 'shopper1', item: 'zqid1' },
    }
    const answers: Record<string, number> = {}
    for (const [path, methods] of Object.entries(paths)) {
      for (const method of Object.keys(methods)) {
        const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? 'x')
        const answer = await shop.app.inject({
          method: method.toUpperCase() as 'GET',
          url: `${filled}?index=products`,
          headers: { 'x-algolia-api-key': own },
          ...(method === 'get' || method === 'delete' ? {} : { payload: wellFormed(path) }),
        })
        answers[`${method} ${path}`] = answer.statusCode
        expect(answer.body, `${method} ${path}`).not.toMatch(marks)
      }
    }
    const served = Object.entries(answers).filter(([, status]) => status < 400)
    expect(served.map(([route]) => route).sort()).toEqual(openToFiltered)
    expect(Object.entries(answers).filter(([, status]) => status >= 500)).toEqual([])
    // Nothing was changed meanwhile.
    expect(await shop.admin.search({ requests: [{ indexName: 'products', hitsPerPage: 0 }] })).toMatchObject({
      results: [{ nbHits: 48 }],
    })
  })
})

const anyIndex = { indexName: 'products' }
/** A body that a right key is answered for, where the route takes one. */
function wellFormed(path: string): object {
  if (path.endsWith('/queries')) return { requests: [anyIndex] }
  if (path.endsWith('/recommendations')) return { requests: [{ ...anyIndex, model: 'trending-items' }] }
  if (path.endsWith('/objects')) return { requests: [{ ...anyIndex, objectID: 'zqid1' }] }
  if (path.endsWith('/batch')) return { requests: [{ action: 'deleteObject', body: { objectID: 'a1' } }] }
  if (path.endsWith('/explain')) return { ...anyIndex, model: 'trending-items', hit: 'zqid1' }
  if (path.endsWith('/events')) return { events: [] }
  if (path.endsWith('/operation')) return { operation: 'copy', destination: 'elsewhere' }
  if (path.endsWith('/deleteByQuery')) return { filters: 'tenant:b' }
  if (path.endsWith('/jobs')) return { kind: 'check' }
  return {}
}

/** What a key with filters and every right is answered at all. */
const openToFiltered = [
  'delete /haggle/v1/session',
  'get /1/indexes/{index}',
  'get /1/indexes/{index}/browse',
  'get /1/indexes/{index}/query',
  'get /1/indexes/{index}/task/{taskID}',
  'get /haggle/v1/session',
  'get /healthz',
  'get /livez',
  'get /metrics',
  'get /readyz',
  'post /1/events',
  'post /1/indexes/{index}/browse',
  'post /1/indexes/{index}/facets/{facet}/query',
  'post /1/indexes/{index}/objects',
  'post /1/indexes/{index}/queries',
  'post /1/indexes/{index}/query',
  'post /1/indexes/{index}/recommendations',
]
