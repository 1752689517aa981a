/** The unmodified npm clients drive the API: catalogue, events, recommendations. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { noon, openShopForTest, type OpenShop } from './open-shop.ts'

const objects = Array.from({ length: 24 }, (_, at) => ({
  objectID: `p${at}`,
  title: `${at % 2 === 0 ? 'Oak table' : 'Wool scarf'} ${at}`,
  brand: at % 3 === 0 ? 'Acme' : 'Borealis',
  categories: [at % 2 === 0 ? 'Furniture' : 'Fashion'],
  price: 10 + at,
  inStock: at !== 5,
}))

describe('the stock clients', () => {
  let shop: OpenShop
  beforeAll(async () => {
    shop = await openShopForTest()
  })
  afterAll(() => shop.close())

  const view = (userToken: string, objectID: string, minutesAgo = 0) => ({
    eventType: 'view' as const,
    eventName: 'Viewed',
    index: 'products',
    userToken,
    objectIDs: [objectID],
    timestamp: noon - minutesAgo * 60_000,
  })

  const ids = async (request: object) => {
    const asked = { indexName: 'products', threshold: 0, ...request } as never
    const { results } = await shop.recommend.getRecommendations({ requests: [asked] })
    return results[0].hits.map((hit) => (hit as { objectID: string }).objectID)
  }

  it('load a catalogue and wait for its task', async () => {
    const answers = await shop.admin.saveObjects({ indexName: 'products', objects, waitForTasks: true })
    expect(answers.flatMap((answer) => answer.objectIDs)).toHaveLength(24)
    const got = await shop.admin.getObject({ indexName: 'products', objectID: 'p3' })
    expect(got).toEqual(objects[3])
  })

  it('change, read and delete single objects', async () => {
    const partial = { indexName: 'products', objectID: 'p0', attributesToUpdate: { price: 99 } }
    await shop.admin.partialUpdateObject(partial)
    expect(await shop.admin.getObject({ indexName: 'products', objectID: 'p0' })).toEqual({ ...objects[0], price: 99 })
    await shop.admin.saveObject({ indexName: 'products', body: { objectID: 'gone', title: 'Gone' } })
    await shop.admin.deleteObject({ indexName: 'products', objectID: 'gone' })
    await expect(shop.admin.getObject({ indexName: 'products', objectID: 'gone' })).rejects.toThrow('does not exist')
  })

  it('keep settings', async () => {
    await shop.admin.setSettings({ indexName: 'products', indexSettings: { searchableAttributes: ['title'] } })
    const settings = await shop.admin.getSettings({ indexName: 'products' })
    expect(settings.searchableAttributes).toEqual(['title'])
  })

  it('send events, and an accepted event changes the very next answer', async () => {
    const before = await ids({ model: 'recently-viewed', queryParameters: { userToken: 'ann' } })
    expect(before).toEqual([])
    await shop.insights.pushEvents({ events: [view('ann', 'p4', 2), view('ann', 'p6', 1)] })
    expect(await ids({ model: 'recently-viewed', queryParameters: { userToken: 'ann' } })).toEqual(['p6', 'p4'])
    const forAnn = await ids({
      model: 'recommended-for-you',
      queryParameters: { userToken: 'ann' },
      maxRecommendations: 4,
    })
    expect(forAnn).toHaveLength(4)
    expect(forAnn.every((id) => Number(id.slice(1)) % 2 === 0)).toBe(true)
  })

  it('get similar items, never one that is hidden or out of stock, and respect filters', async () => {
    const similar = await ids({ model: 'looking-similar', objectID: 'p1' })
    expect(similar[0]).not.toBe('p1')
    expect(similar).not.toContain('p5')
    const acme = await ids({ model: 'looking-similar', objectID: 'p1', queryParameters: { filters: 'brand:Acme' } })
    expect(acme.length).toBeGreaterThan(0)
    expect(acme.every((id) => Number(id.slice(1)) % 3 === 0)).toBe(true)
  })

  it('recommend a product added a moment ago', async () => {
    const fresh = {
      objectID: 'fresh',
      title: 'Oak table new',
      brand: 'Acme',
      categories: ['Furniture'],
      price: 12,
      inStock: true,
    }
    await shop.admin.saveObject({ indexName: 'products', body: fresh })
    expect(await ids({ model: 'looking-similar', objectID: 'p4' })).toContain('fresh')
    await shop.admin.deleteObject({ indexName: 'products', objectID: 'fresh' })
    expect(await ids({ model: 'looking-similar', objectID: 'p4' })).not.toContain('fresh')
  })

  it('get trending items and facets', async () => {
    expect((await ids({ model: 'trending-items' })).slice(0, 2).sort()).toEqual(['p4', 'p6'])
    const asked = { indexName: 'products', model: 'trending-facets', facetName: 'categories', threshold: 0 } as const
    const { results } = await shop.recommend.getRecommendations({ requests: [asked] })
    expect(results[0].hits[0]).toMatchObject({ facetName: 'categories', facetValue: 'Furniture' })
  })

  it('write one exposure for each answer, with its queryID and positions', async () => {
    const asked = {
      indexName: 'products',
      model: 'recommended-for-you',
      threshold: 0,
      queryParameters: { userToken: 'ann' },
    }
    const { results } = await shop.recommend.getRecommendations({ requests: [asked as never] })
    const answer = results[0] as unknown as { queryID: string; hits: { objectID: string }[] }
    expect(answer.queryID).toMatch(/^[0-9a-f]{32}$/)
    await shop.engine.shop('products' as never).flush()
    const exposure = await shop.engine.store.exposures.get(answer.queryID as never)
    expect(exposure?.items.map((item) => item.itemId)).toEqual(answer.hits.map((hit) => hit.objectID))
  })

  it('are told clearly what is wrong', async () => {
    const url = `${shop.url}/1/events`
    const post = async (body: string | Uint8Array<ArrayBuffer>) => {
      const response = await fetch(url, { method: 'POST', body })
      return { status: response.status, message: ((await response.json()) as { message: string }).message }
    }
    expect(await post('{"events":[')).toMatchObject({ status: 400, message: expect.stringContaining('JSON') as string })
    expect(await post(new Uint8Array([0x7b, 0xff, 0x7d]))).toMatchObject({
      status: 400,
      message: expect.stringContaining('UTF-8') as string,
    })
    expect(
      await post(
        '{"events":[{"eventType":"view","eventName":"x","index":"products","userToken":7,"objectIDs":["p1"]}]}',
      ),
    ).toMatchObject({
      status: 400,
      message: expect.stringContaining('events[0].userToken') as string,
    })
    expect(await post(`{"events":[{"x":"${'y'.repeat(2_100_000)}"}]}`)).toMatchObject({ status: 413 })
    await expect(ids({ model: 'recommended-for-you', indexName: 'nowhere' })).rejects.toThrow('does not exist')
    const unsigned = await fetch(`${shop.url}/1/indexes/products/batch`, { method: 'POST', body: '{"requests":[]}' })
    expect(unsigned.status).toBe(403)
  })

  it('answer health, readiness and metrics', async () => {
    expect((await fetch(`${shop.url}/healthz`)).status).toBe(200)
    expect((await fetch(`${shop.url}/readyz`)).status).toBe(200)
    const metrics = await (await fetch(`${shop.url}/metrics`)).text()
    expect(metrics).toMatch(/haggle_events_total\{fate="accepted"\} [1-9]/)
    expect(metrics).toMatch(/haggle_answer_seconds_count\{surface="recently-viewed"\} [1-9]/)
  })

  it('include the insights library of a page', async () => {
    // Its type declarations describe the browser build, which exports otherwise than the build Node loads.
    const aa = (await import('search-insights')).default as unknown as (
      method: string,
      about: object,
    ) => Promise<unknown>
    await aa('init', { appId: 'app', apiKey: 'key', host: shop.url, useCookie: false })
    await aa('clickedObjectIDsAfterSearch', {
      index: 'products',
      eventName: 'Clicked',
      userToken: 'bob',
      queryID: 'a'.repeat(32),
      objectIDs: ['p8'],
      positions: [3],
      timestamp: noon,
    })
    const events = await shop.engine.store.events.ofUser('products' as never, 'bob' as never, 10)
    expect(events).toMatchObject([{ type: 'click', itemId: 'p8', position: 3, queryId: 'a'.repeat(32) }])
  })
})
