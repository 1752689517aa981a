/** The shop goes on answering while it learns: over HTTP, during a whole training of everything there is. */
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { CatalogueId } from '../src/domain/ids.ts'
import { createWorld } from '../src/simulate/world.ts'
import { writeShop } from '../src/simulate/write-shop.ts'
import { noon, type OpenShop, openShopForTest } from './open-shop.ts'

const products = 'products' as CatalogueId
const sliceMs = 5
let shop: OpenShop

beforeAll(async () => {
  const training = { config: { cfgan: { epochs: 5, validationFraction: 0 }, haggle: { steps: 10, folds: 1 } } }
  shop = await openShopForTest({ training })
  const world = createWorld({
    seed: 'beside',
    products: 800,
    shoppers: 300,
    days: 60,
    untilMs: noon,
    upcoming: 0,
    pictures: false,
  })
  const { files } = await writeShop(world, join(shop.folder, 'shop'))
  await shop.engine.import({ catalogue: products, files: files.map((path) => ({ path })), dryRun: false })
})
afterAll(() => shop.close())

it('keeps answering while it trains, and is never long in coming to it', { retry: 1, timeout: 180_000 }, async () => {
  const recommend = async (shopper: number) => {
    const query = { indexName: 'products', model: 'recommended-for-you', queryParameters: { userToken: `u${shopper}` } }
    const path = `${shop.url}/1/indexes/*/recommendations`
    const response = await fetch(path, { method: 'POST', body: JSON.stringify({ requests: [query] }) })
    expect(response.status).toBe(200)
    return ((await response.json()) as { results: { hits: unknown[] }[] }).results[0].hits.length
  }
  /** Asks one thing after the other while `work` lasts. */
  const during = async (work: () => Promise<unknown>) => {
    let working = true
    let answers = 0
    const delay = monitorEventLoopDelay({ resolution: sliceMs })
    const started = performance.now()
    delay.enable()
    const ended = work().finally(() => {
      working = false
      delay.disable()
    })
    for (; working; answers++) {
      expect(await recommend(answers)).toBeGreaterThan(0)
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    await ended
    // The histogram counts from one look to the next, `sliceMs` apart.
    return { p99: delay.percentile(99) / 1e6 - sliceMs, perSecond: (1000 * answers) / (performance.now() - started) }
  }
  // What whoever else uses the machine costs is not ours: the same with nothing being learnt.
  const quiet = await during(() => new Promise((resolve) => setTimeout(resolve, 2000)))
  let published = false
  const busy = await during(async () => {
    published = (await shop.engine.train(products)).published
  })
  expect(published).toBe(true)
  expect(busy.p99).toBeLessThan(Math.max(20, 2 * quiet.p99))
  expect(busy.perSecond).toBeGreaterThan(quiet.perSecond / 4)
})
