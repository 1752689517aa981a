/**
 * The whole loop over HTTP, from an empty store to a second generation: import, train, serve, feedback, train again.
 *
 * The second generation must serve a taste the first could not know, and be better at what shoppers do next.
 */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dayMs } from '../src/base/clock.ts'
import { simulateHistory } from '../src/simulate/history.ts'
import { createWorld } from '../src/simulate/world.ts'
import { writeShop } from '../src/simulate/write-shop.ts'
import { noon, type OpenShop, openShopForTest } from './open-shop.ts'

interface Job {
  id: string
  status: string
  error: { message: string } | null
  result: { published?: boolean; generation?: { id: string; parent: string | null } }
}
interface Hit {
  objectID: string
  _haggle: { source: string; because: string[] }
}

describe('the loop', () => {
  const world = createWorld({
    seed: 'loop',
    products: 400,
    shoppers: 250,
    days: 80,
    untilMs: noon,
    upcoming: 120,
    pictures: false,
  })
  /** When the second generation is trained: the first knew less than half of what it knows. */
  const secondMs = noon + 45 * dayMs
  let shop: OpenShop
  const generations: string[] = []
  const known = new Set(world.records(noon).map(({ objectID }) => objectID))

  beforeAll(async () => {
    shop = await openShopForTest({ training: { models: ['popularity', 'item-knn', 'ease'], bootstrapRounds: 200 } })
  })
  afterAll(() => shop.close())

  const ask = async (method: string, path: string, body?: unknown) => {
    const headers = { 'x-algolia-api-key': shop.engine.adminKey }
    const response = await fetch(`${shop.url}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const answer = await response.json()
    expect(response.ok, JSON.stringify(answer)).toBe(true)
    return answer
  }
  const run = async (kind: string, options: object = {}) => {
    let job = (await ask('POST', '/haggle/v1/jobs', { kind, options })) as Job
    while (job.status === 'running') {
      await new Promise((resolve) => setImmediate(resolve))
      job = (await ask('GET', `/haggle/v1/jobs/${job.id}`)) as Job
    }
    expect(job.error).toBeNull()
    return job.result
  }
  const recommend = async (request: object): Promise<Hit[]> => {
    const body = { requests: [{ indexName: 'products', ...request }] }
    const answer = (await ask('POST', '/1/indexes/*/recommendations', body)) as { results: { hits: Hit[] }[] }
    return answer.results[0].hits
  }
  const send = async (events: object[]) => {
    for (let at = 0; at < events.length; at += 1000)
      await ask('POST', '/1/events', { events: events.slice(at, at + 1000) })
  }
  const seen = (userToken: string, objectID: string, timestamp: number) => [
    { eventType: 'view', eventName: 'Viewed', index: 'products', userToken, objectIDs: [objectID], timestamp },
    {
      eventType: 'conversion',
      eventSubtype: 'addToCart',
      eventName: 'Carted',
      index: 'products',
      userToken,
      objectIDs: [objectID],
      timestamp: timestamp + 60_000,
    },
  ]

  it('imports a log into an empty store and trains a first generation that goes live', async () => {
    const { files } = await writeShop(world, join(shop.folder, 'shop'))
    await run('import', { files: files.map((path) => ({ path })), dryRun: false })
    const { published, generation } = await run('train')
    expect(published).toBe(true)
    generations.push(generation?.id ?? '')
    const hits = await recommend({ model: 'recommended-for-you', queryParameters: { userToken: 'somebody-new' } })
    expect(hits).toHaveLength(30)
  }, 120_000)

  it('learns from feedback what the first generation could not know', async () => {
    // Two products that have nothing in common but the shoppers who want both.
    const twins = [
      { objectID: 'kite', title: 'Stunt kite', categories: ['Toys', 'Outdoor play'], price: 30, inStock: true },
      { objectID: 'whisk', title: 'Copper whisk', categories: ['Kitchen', 'Utensils'], price: 25, inStock: true },
    ]
    // And a collection that comes in now.
    const launched = world.records(secondMs).filter(({ objectID }) => !known.has(objectID))
    expect(launched.length).toBeGreaterThan(20)
    await shop.admin.saveObjects({ indexName: 'products', objects: [...twins, ...launched], waitForTasks: true })
    const asked = { model: 'related-products', objectID: 'kite', maxRecommendations: 5 }
    expect((await recommend(asked)).map((hit) => hit.objectID)).not.toContain('whisk')

    const events: object[] = []
    for (let day = 0; day < 45; day++) {
      for (let fan = 0; fan < 3; fan++) {
        const time = noon + day * dayMs
        events.push(...seen(`fan${day}-${fan}`, 'kite', time), ...seen(`fan${day}-${fan}`, 'whisk', time + 300_000))
      }
    }
    for (const event of simulateHistory(world, { fromMs: noon, untilMs: secondMs })) {
      if (event.item === undefined || (event.type !== 'view' && event.type !== 'click')) continue
      events.push({
        eventType: event.type,
        eventName: event.type,
        index: 'products',
        userToken: event.user,
        objectIDs: [event.item],
        timestamp: event.time,
      })
    }
    shop.clock.set(secondMs)
    await send(
      events.filter(
        (event) =>
          typeof (event as { userToken: unknown }).userToken === 'string' &&
          Number.isFinite((event as { timestamp: number }).timestamp),
      ),
    )

    const { published, generation } = await run('train')
    expect(published).toBe(true)
    expect(generation?.parent).toBe(generations[0])
    generations.push(generation?.id ?? '')
    const related = await recommend(asked)
    expect(related.map((hit) => hit.objectID)).toContain('whisk')
  }, 120_000)

  it('is better than the first generation at what shoppers do next, and rolls back in one step', async () => {
    const next = new Map<string, Set<string>>()
    for (const { user, item, type } of simulateHistory(world, {
      fromMs: secondMs,
      untilMs: secondMs + 10 * dayMs,
    })) {
      if (typeof user !== 'string' || item === undefined || type === 'search' || type === 'return') continue
      next.set(user, (next.get(user) ?? new Set()).add(item))
    }
    const hitRate = async () => {
      let hits = 0
      for (const [userToken, wanted] of next) {
        const shown = await recommend({
          model: 'recommended-for-you',
          maxRecommendations: 20,
          queryParameters: { userToken },
        })
        hits += shown.filter((hit) => wanted.has(hit.objectID)).length
      }
      return hits
    }
    const second = await hitRate()
    const { live } = (await ask('POST', '/haggle/v1/rollback')) as { live: string }
    expect(live).toBe(generations[0])
    expect(second).toBeGreaterThan(await hitRate())
  }, 120_000)
})
