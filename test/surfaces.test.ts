/** A trained shop through the stock client: every surface, for everybody, within every restriction, in one generation. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CatalogueId, GenerationId, ItemId, QueryId } from '../src/domain/ids.ts'
import { surfaces } from '../src/engine.ts'
import { createWorld } from '../src/simulate/world.ts'
import { writeShop } from '../src/simulate/write-shop.ts'
import { noon, type OpenShop, openShopForTest } from './open-shop.ts'

interface Hit {
  objectID: string
  brand?: string
  price?: number
  _score: number
  _haggle: { source: string; because: string[] }
}
interface Result {
  hits: Hit[]
  queryID: string
  generation: string
}

const products = 'products' as CatalogueId
const needsItem = ['related-products', 'bought-together', 'looking-similar']

describe('a trained shop', () => {
  const world = createWorld({
    seed: 'surfaces',
    products: 150,
    shoppers: 120,
    days: 60,
    untilMs: noon,
    pictures: false,
  })
  let shop: OpenShop
  let generations: [GenerationId, GenerationId]
  /** Someone who bought something, and something that was bought and can be shown. */
  let shopper: string
  let item: string

  beforeAll(async () => {
    shop = await openShopForTest({ training: { models: ['popularity', 'item-knn'], bootstrapRounds: 20 } })
    const { files } = await writeShop(world, join(shop.folder, 'shop'))
    await shop.engine.import({ catalogue: products, files: files.map((path) => ({ path })), dryRun: false })
    const first = await shop.engine.train(products)
    const second = await shop.engine.train(products)
    expect([first.published, second.published]).toEqual([true, true])
    generations = [first.generation.id, second.generation.id]
    for await (const events of shop.engine.store.events.scan({ catalogue: products })) {
      for (const event of events) {
        if (event.type !== 'purchase' || event.itemId === null) continue
        if (shop.engine.shop(products).item(event.itemId)?.inStock !== true) continue
        shopper = event.userId
        item = event.itemId
      }
    }
  }, 120_000)
  afterAll(() => shop.close())

  const ask = async (request: object): Promise<Result> => {
    const asked = { indexName: 'products', threshold: 0, ...request } as never
    const { results } = await shop.recommend.getRecommendations({ requests: [asked] })
    return results[0] as unknown as Result
  }
  const about = (model: string, objectID: string, userToken?: string) => ({
    model,
    ...(needsItem.includes(model) ? { objectID } : {}),
    ...(model === 'trending-facets' ? { facetName: 'brand' } : {}),
    ...(userToken === undefined ? {} : { queryParameters: { userToken } }),
  })

  it.each(surfaces)('answers %s for a known shopper, with a queryID and the live generation', async (model) => {
    const { hits, queryID, generation } = await ask(about(model, item, shopper))
    expect(queryID).toMatch(/^[0-9a-f]{32}$/)
    expect(generation).toBe(generations[1])
    if (model !== 'buy-again') expect(hits.length).toBeGreaterThan(0)
    expect(hits.map(({ _score }) => _score)).toEqual(hits.map(({ _score }) => _score).sort((a, b) => b - a))
  })

  it('lets the trained models speak where there are any', async () => {
    for (const model of ['recommended-for-you', 'related-products']) {
      const { hits } = await ask(about(model, item, shopper))
      expect(hits[0]._haggle.source).toBe('item-knn')
    }
  })

  it.each(surfaces)('answers %s for a stranger and beside a product it never saw', async (model) => {
    const own = ['recently-viewed', 'buy-again', 'looking-similar'].includes(model)
    for (const userToken of [undefined, 'never-seen']) {
      const { hits } = await ask(about(model, 'no-such-product', userToken))
      // Nothing is known of them, and nothing is what these three surfaces then show.
      if (own) expect(hits).toEqual([])
      else expect(hits.length).toBeGreaterThan(0)
    }
  })

  it('never shows what is hidden or out of stock, from the very next answer on', async () => {
    const { hits } = await ask(about('recommended-for-you', item, shopper))
    const [hidden, gone] = hits.map(({ objectID }) => objectID)
    const change = (objectID: string, attributesToUpdate: Record<string, unknown>) =>
      shop.admin.partialUpdateObject({ indexName: 'products', objectID, attributesToUpdate })
    await change(hidden, { hidden: true })
    await change(gone, { inStock: false })
    for (const model of surfaces) {
      if (model === 'trending-facets') continue
      const shown = await ask({ ...about(model, item, shopper), maxRecommendations: 1000 })
      const ids = shown.hits.map(({ objectID }) => objectID)
      expect([model, ids.includes(hidden), ids.includes(gone)]).toEqual([model, false, false])
      for (const id of ids) expect(shop.engine.shop(products).item(id as ItemId)?.inStock).toBe(true)
    }
    await change(hidden, { hidden: false })
    await change(gone, { inStock: true })
    const again = await ask(about('recommended-for-you', item, shopper))
    expect(again.hits.map(({ objectID }) => objectID)).toEqual(hits.map(({ objectID }) => objectID))
  })

  it('keeps to filters of every kind, on every surface', async () => {
    const { hits } = await ask(about('recommended-for-you', item, shopper))
    const brand = hits[0].brand ?? ''
    const kinds: [object, (hit: Hit) => boolean][] = [
      [{ filters: `brand:"${brand}"` }, (hit) => hit.brand === brand],
      [{ facetFilters: [[`brand:${brand}`]] }, (hit) => hit.brand === brand],
      [{ numericFilters: ['price < 40'] }, (hit) => Number(hit.price) < 40],
      [{ filters: 'price:40 TO 90' }, (hit) => Number(hit.price) >= 40 && Number(hit.price) <= 90],
    ]
    for (const model of surfaces) {
      if (model === 'trending-facets') continue
      for (const [parameters, right] of kinds) {
        const shown = await ask({
          ...about(model, item, shopper),
          queryParameters: { userToken: shopper, ...parameters },
        })
        expect([model, parameters, shown.hits.filter((hit) => !right(hit))]).toEqual([model, parameters, []])
        if (model === 'recommended-for-you') expect(shown.hits.length).toBeGreaterThan(0)
      }
    }
  })

  it('keeps to maxRecommendations, threshold and attributesToRetrieve', async () => {
    const asked = about('recommended-for-you', item, shopper)
    const { hits } = await ask({ ...asked, maxRecommendations: 7 })
    expect(hits).toHaveLength(7)
    const threshold = Math.ceil(hits[3]._score)
    const good = await ask({ ...asked, maxRecommendations: 7, threshold })
    expect(good.hits.length).toBeLessThan(7)
    expect(good.hits).toEqual(hits.filter(({ _score }) => _score >= threshold))
    const queryParameters = { userToken: shopper, attributesToRetrieve: ['price'] }
    const bare = await ask({ ...asked, queryParameters })
    expect(Object.keys(bare.hits[0]).sort()).toEqual(['_haggle', '_score', 'objectID', 'price'])
  })

  it('logs what it showed, in order, and joins the click that names it', async () => {
    const { hits, queryID, generation } = await ask({
      ...about('recommended-for-you', item, shopper),
      maxRecommendations: 5,
    })
    await shop.engine.shop(products).flush()
    const exposure = await shop.engine.store.exposures.get(queryID as QueryId)
    expect(exposure).toMatchObject({ surface: 'recommended-for-you', userId: shopper, generation })
    expect(exposure?.items.map(({ itemId }) => itemId)).toEqual(hits.map(({ objectID }) => objectID))
    const click = {
      eventType: 'click' as const,
      eventName: 'Clicked',
      index: 'products',
      userToken: shopper,
      queryID,
      objectIDs: [hits[2].objectID],
      positions: [3],
      timestamp: noon,
    }
    await shop.insights.pushEvents({ events: [click] })
    const [event] = await shop.engine.store.events.ofUser(products, shopper as never, 1)
    expect(event).toMatchObject({ type: 'click', itemId: hits[2].objectID, queryId: queryID, position: 3 })
    const metrics = await (await fetch(`${shop.url}/metrics`)).text()
    expect(metrics).toMatch(/haggle_interactions_total\{type="click",attributed="yes"\} 1/)
    // What was clicked in this visit is no news any more.
    const next = await ask(about('recommended-for-you', item, shopper))
    expect(next.hits.map(({ objectID }) => objectID)).not.toContain(hits[2].objectID)
  })

  it('rolls back under load in one step: no answer fails, none mixes generations, none goes back', async () => {
    const body = JSON.stringify({
      requests: surfaces.map((model) => ({ indexName: 'products', ...about(model, item, shopper) })),
    })
    let rolledBack = false
    let ended = false
    const counts = { before: 0, after: 0 }
    const load = async () => {
      while (!ended) {
        const late = rolledBack
        const response = await fetch(`${shop.url}/1/indexes/*/recommendations`, { method: 'POST', body })
        expect(response.status).toBe(200)
        const { results } = (await response.json()) as { results: Result[] }
        const named = new Set(results.map(({ generation }) => generation))
        expect(named.size).toBe(1)
        expect(generations).toContain([...named][0])
        if (late) expect([...named]).toEqual([generations[0]])
        counts[named.has(generations[0]) ? 'after' : 'before']++
        if (counts.after >= 40) ended = true
      }
    }
    const rollBack = async () => {
      while (counts.before < 20) await new Promise((resolve) => setImmediate(resolve))
      const headers = { 'x-algolia-api-key': shop.engine.adminKey }
      const response = await fetch(`${shop.url}/haggle/v1/rollback`, { method: 'POST', headers })
      expect(await response.json()).toEqual({ live: generations[0] })
      rolledBack = true
    }
    await Promise.all([...Array.from({ length: 8 }, load), rollBack()])
    expect(counts.before).toBeGreaterThanOrEqual(20)
    expect(await shop.engine.store.generations.live(products)).toBe(generations[0])
    const metrics = await (await fetch(`${shop.url}/metrics`)).text()
    expect(metrics).toMatch(/haggle_generations_total\{catalogue="products",outcome="rolled-back"\} 1/)
  }, 60_000)
})

describe('a shop where the same is bought every week', () => {
  const weekMs = 7 * 24 * 3_600_000
  let shop: OpenShop
  beforeAll(async () => {
    shop = await openShopForTest({ training: { models: ['popularity'], bootstrapRounds: 20 } })
    const path = (name: string, rows: object[]) => {
      const file = join(shop.folder, name)
      writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
      return { path: file }
    }
    const catalogue = Array.from({ length: 40 }, (_, at) => ({ objectID: `p${at}`, title: `Thing ${at}`, price: 5 }))
    // Two things of one's own every week, and one in passing.
    const events = Array.from({ length: 50 * 10 }, (_, at) => ({ user: at % 50, week: Math.floor(at / 50) })).flatMap(
      ({ user, week }) =>
        [(2 * user) % 40, (2 * user + 1) % 40, (7 * user + 11 * week) % 40].map((item) => ({
          user: `u${user}`,
          type: 'purchase',
          item: `p${item}`,
          time: new Date(noon - (10 - week) * weekMs + user * 1_000_000).toISOString(),
        })),
    )
    const files = [path('catalogue.jsonl', catalogue), path('events.jsonl', events)]
    await shop.engine.import({ catalogue: products, files, dryRun: false })
    await shop.engine.train(products)
  }, 60_000)
  afterAll(() => shop.close())

  const nextBasket = async (userToken: string, more: object = {}) => {
    const asked = { indexName: 'products', model: 'next-basket', threshold: 0, queryParameters: { userToken }, ...more }
    const { results } = await shop.recommend.getRecommendations({ requests: [asked as never] })
    return (results[0] as unknown as Result).hits
  }

  it('hands a stock client what each shopper takes every week first, by the model of baskets', async () => {
    for (const user of [3, 12, 30]) {
      const hits = await nextBasket(`u${user}`)
      expect(['next-basket', 'tifu-knn']).toContain(hits[0]._haggle.source)
      const own = [`p${(2 * user) % 40}`, `p${(2 * user + 1) % 40}`]
      expect(new Set(hits.slice(0, 2).map(({ objectID }) => objectID))).toEqual(new Set(own))
      const again = { model: 'buy-again', maxRecommendations: 30 }
      expect((await nextBasket(`u${user}`, again)).map(({ objectID }) => objectID)).toEqual(expect.arrayContaining(own))
    }
  })

  it('knows of a first basket at once', async () => {
    const buy = (objectIDs: string[]) => ({
      eventType: 'conversion' as const,
      eventSubtype: 'purchase' as const,
      eventName: 'Bought',
      index: 'products',
      userToken: 'new',
      objectIDs,
      objectData: objectIDs.map(() => ({ price: 5, quantity: 1 })),
      timestamp: noon,
    })
    const before = await nextBasket('new')
    await shop.insights.pushEvents({ events: [buy(['p6', 'p7'])] })
    const after = await nextBasket('new')
    expect(after.map(({ objectID }) => objectID)).not.toEqual(before.map(({ objectID }) => objectID))
    expect(new Set(after.slice(0, 2).map(({ objectID }) => objectID))).toEqual(new Set(['p6', 'p7']))
  })
})
