/** Why, through the stock client: every trained surface of a shop that the haggle answers for. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CatalogueId } from '../src/domain/ids.ts'
import { createWorld } from '../src/simulate/world.ts'
import { writeShop } from '../src/simulate/write-shop.ts'
import type { ExplainedHit } from '../src/http/routes/explain.ts'
import { noon, type OpenShop, openShopForTest } from './open-shop.ts'

const products = 'products' as CatalogueId
const trained = ['recommended-for-you', 'related-products', 'session', 'bought-together', 'next-basket']

describe('the reasons of a trained shop', () => {
  const world = createWorld({
    seed: 'explain',
    products: 200,
    shoppers: 400,
    days: 90,
    untilMs: noon,
    pictures: false,
  })
  let shop: OpenShop
  let shopper: string
  /** Something that was bought, and can be shown. */
  let seen: string

  beforeAll(async () => {
    const haggle = {
      // What is proposed says nothing of who asks, so that there is something for a discriminator to object to.
      bases: { popularity: { model: 'popularity' }, 'item-knn': { model: 'item-knn', weight: 0.1 } },
      candidates: 40,
      folds: 2,
      steps: 100,
      seeds: 1,
      adversarialWeights: [0.3],
    }
    // In so small a shop what is popular is hard to beat: here it is what was popular within the hour.
    const config = { haggle, popularity: { halfLifeDays: 0.04 } }
    shop = await openShopForTest({ training: { models: ['haggle'], config, bootstrapRounds: 20 } })
    const { files } = await writeShop(world, join(shop.folder, 'shop'))
    await shop.engine.import({ catalogue: products, files: files.map((path) => ({ path })), dryRun: false })
    const { published } = await shop.engine.train(products, { force: true })
    expect(published).toBe(true)
    for await (const events of shop.engine.store.events.scan({ catalogue: products })) {
      for (const event of events) {
        if (event.type !== 'purchase' || event.itemId === null) continue
        if (shop.engine.shop(products).item(event.itemId)?.inStock !== true) continue
        shopper = event.userId
        seen = event.itemId
      }
    }
    // A visit that goes on now.
    const view = { eventType: 'view' as const, eventName: 'Viewed', index: 'products', userToken: shopper }
    await shop.insights.pushEvents({ events: [{ ...view, objectIDs: [seen], timestamp: noon - 60_000 }] })
  }, 240_000)
  afterAll(() => shop.close())

  const question = (model: string) => ({
    indexName: 'products',
    model,
    maxRecommendations: 5,
    ...(['related-products', 'bought-together'].includes(model) ? { objectID: seen } : {}),
    queryParameters: { userToken: shopper },
  })
  const hitsOf = async (model: string) => {
    const { results } = await shop.recommend.getRecommendations({
      requests: [{ ...question(model), threshold: 0 } as never],
    })
    return results[0].hits as unknown as { objectID: string; _haggle: { source: string } }[]
  }
  const explain = async (body: object): Promise<ExplainedHit> =>
    (await shop.admin.customPost({ path: 'haggle/v1/explain', body: body as never })) as unknown as ExplainedHit

  it.each(trained)('sum up to the score, on %s', async (model) => {
    const hits = await hitsOf(model)
    expect(hits).toHaveLength(5)
    for (const [at, { objectID, _haggle }] of hits.slice(0, 2).entries()) {
      const { hit, place, account } = await explain({ ...question(model), hit: objectID, budget: 20 })
      expect(hit.objectID).toBe(objectID)
      expect(hit.title).not.toBe('')
      expect(place).toBe(at + 1)
      expect(account?.source).toBe(_haggle.source)
      if (account?.score === null || account === null) continue
      const sum = account.history.reduce((total, { part }) => total + part, account.rest ?? Number.NaN)
      expect(sum).toBeCloseTo(account.score, 6)
    }
  })

  it('hold what each model says, and what the discriminator makes of it, to the last feature', async () => {
    const [{ objectID, _haggle }] = await hitsOf('recommended-for-you')
    expect(_haggle.source).toBe('haggle')
    const { account } = await explain({ ...question('recommended-for-you'), hit: objectID })
    expect(account?.voices.map(({ name }) => name)).toEqual(['popularity', 'item-knn'])
    const judgement = account?.judgement
    if (judgement === null || judgement === undefined) return expect.fail('a discriminator was taught')
    const seen = judgement.parts.map(({ name }) => name)
    expect(seen.slice(0, 2)).toEqual(['popularity', 'item-knn'])
    // The shop's own signals are among what it sees.
    expect(seen).toEqual(expect.arrayContaining(['popularity, rank', 'all together', 'hour-habit', 'click-rate']))
    const sum = judgement.parts.reduce((total, { part }) => total + part, 0)
    expect(Math.abs(judgement.score - judgement.usual - sum)).toBeLessThan(1e-3)
  })

  it('name items without which the list would be another', async () => {
    const removals = []
    for (const { objectID } of await hitsOf('recommended-for-you')) {
      removals.push((await explain({ ...question('recommended-for-you'), hit: objectID, budget: 150 })).removal)
    }
    const found = removals.filter((removal) => removal?.found === true)
    expect(found.length).toBeGreaterThan(0)
    for (const removal of found) {
      expect(removal).toMatchObject({ verified: true })
      expect(removal?.items?.length).toBeGreaterThan(0)
      expect(removal?.recomputed).toBeLessThanOrEqual(150)
    }
  })

  it('are refused where there is nothing to explain, clearly', async () => {
    const refused = async (body: object) =>
      explain(body).then(
        () => expect.fail('refused'),
        (error: Error) => error.message,
      )
    const base = question('recommended-for-you')
    expect(await refused({ ...base, hit: 'no-such-item' })).toMatch(/no item no-such-item/)
    expect(await refused({ ...base, hit: seen, queryParameters: { userToken: 'nobody-ever' } })).toMatch(/nobody-ever/)
    expect(await refused(base)).toMatch(/hit/)
    expect(await refused({ ...base, hit: seen, indexName: 'nowhere' })).toMatch(/does not exist/)
    expect(await refused({ ...base, hit: seen, model: 'trending-facets' })).toMatch(/answers with values/)
    const post = (body: object) =>
      fetch(`${shop.url}/haggle/v1/explain`, { method: 'POST', body: JSON.stringify(body) }).then(
        ({ status }) => status,
      )
    expect(await post({ ...base, hit: seen })).toBe(403)
  })

  it('stand in the description of the API, question and answer', async () => {
    const description = (await (await fetch(`${shop.url}/haggle/v1/openapi.json`)).json()) as {
      paths: Record<string, { post: { requestBody: object; responses: Record<string, object> } }>
    }
    const { post } = description.paths['/haggle/v1/explain']
    expect(JSON.stringify(post.requestBody)).toContain('objectID of the recommendation')
    expect(JSON.stringify(post.responses['200'])).toContain('judgement')
  })
})
