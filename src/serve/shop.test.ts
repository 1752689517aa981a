import { afterEach, describe, expect, it } from 'vitest'
import { minuteMs } from '../base/clock.ts'
import type { GenerationId } from '../domain/ids.ts'
import {
  event,
  item,
  itemKnnEverywhere,
  noon,
  pastEvents,
  products,
  publishGeneration,
  record,
  tinyShop,
  user,
} from './tiny-shop-suite.ts'

let opened: Awaited<ReturnType<typeof tinyShop>> | undefined
const openTiny = async (options?: Parameters<typeof tinyShop>[0]) => (opened = await tinyShop(options))
afterEach(async () => {
  await opened?.shop.close()
  await opened?.store.close()
  opened = undefined
})

describe('a live shop', () => {
  it('knows at the start what the store knows', async () => {
    const { shop } = await openTiny({ models: itemKnnEverywhere })
    expect(shop.itemCount).toBe(24)
    expect(shop.generation).toBe('g1')
    expect(shop.sequence).toBe(pastEvents.length)
    expect(shop.item(item('t3'))?.title).toBe('Oak table number3')
    expect(shop.profile(user('shopper0'))?.history).toHaveLength(5)
    expect(shop.profile(user('nobody'))).toBeNull()
  })

  it('answers after following live as it does after reading the same from the store', async () => {
    const { store, shop, open, ids } = await openTiny({ models: itemKnnEverywhere })
    const fresh = [
      event('ann', 'view', 't0', noon - 3 * minuteMs),
      event('ann', 'addToCart', 't1', noon - 2 * minuteMs),
      event('ann', 'search', null, noon - minuteMs, { query: 'oak' }),
    ]
    await store.events.append(fresh, noon)
    shop.remember(fresh)
    const change = { kind: 'put', record: record('new', 'Oak table new', 'Furniture > Tables') } as const
    await store.catalogues.apply(products, [change], noon)
    shop.applyChanges([change])
    const again = await open()
    expect(again.profile(user('ann'))).toEqual(shop.profile(user('ann')))
    const question = { catalogue: products, userId: user('ann'), limit: 10, itemId: item('t3') }
    for (const surface of ['recommended-for-you', 'trending-items', 'related-products', 'session'] as const) {
      const answer = again.recommend({ ...question, surface })
      expect(answer.hits.map((hit) => hit.item.id)).toEqual(ids(surface, question))
    }
    expect(again.signals(user('ann'), item('t3'))).toEqual(shop.signals(user('ann'), item('t3')))
    await again.close()
  })

  it('swaps a generation in, says so in each answer, and keeps the present one where a new one is broken', async () => {
    const { store, shop, ask } = await openTiny({ models: itemKnnEverywhere })
    const next = await publishGeneration(store, 'g2', { 'recommended-for-you': 'popularity' })
    expect(ask('recommended-for-you').generation).toBe('g1')
    await shop.goLive(next)
    const answer = ask('recommended-for-you')
    expect([answer.generation, answer.hits[0].source]).toEqual(['g2', 'popularity'])
    await expect(shop.goLive('g9' as GenerationId)).rejects.toMatchObject({ code: 'not-found' })
    const broken = { ...(await store.generations.get(next)), id: 'g3' as GenerationId }
    await store.generations.put(broken as never, [{ name: 'bundle', bytes: new Uint8Array([1, 2, 3]) }])
    await expect(shop.goLive('g3' as GenerationId)).rejects.toMatchObject({ code: 'bad-state' })
    expect(shop.generation).toBe('g2')
    await shop.goLive(null)
    expect(shop.generation).toBeNull()
  })

  it('sells by the generation before where its live one is broken', async () => {
    const { store, open } = await openTiny({ models: itemKnnEverywhere })
    const generation = { ...(await store.generations.get('g1' as GenerationId)), id: 'g2' as GenerationId }
    await store.generations.put(generation as never, [{ name: 'bundle', bytes: new Uint8Array() }])
    await store.generations.publish(products, generation.id, noon, 'test')
    const shop = await open()
    expect(shop.generation).toBe('g1')
    expect(shop.recommend({ catalogue: products, surface: 'recommended-for-you', userId: null }).hits).toHaveLength(24)
    await shop.close()
  })

  it('writes an exposure for each answer with its positions, and none for a preview', async () => {
    const { store, shop, ask } = await openTiny({ models: itemKnnEverywhere })
    const answer = ask('recommended-for-you', { userId: user('shopper0'), limit: 3 })
    const preview = ask('recommended-for-you', { userId: user('shopper0'), expose: false })
    await shop.flush()
    expect(answer.queryId).toMatch(/^[0-9a-f]{32}$/)
    expect(await store.exposures.get(answer.queryId)).toEqual({
      queryId: answer.queryId,
      catalogue: products,
      timeMs: noon,
      userId: 'shopper0',
      surface: 'recommended-for-you',
      generation: 'g1',
      arm: null,
      items: answer.hits.map((hit) => ({ itemId: hit.item.id, score: hit.score, propensity: 1 })),
    })
    expect(await store.exposures.get(preview.queryId)).toBeNull()
  })

  it('forgets a shopper: no profile, no history, no reason left', async () => {
    const { shop, ids } = await openTiny({ models: itemKnnEverywhere })
    const before = ids('recommended-for-you', { userId: user('shopper0') })
    expect(ids('buy-again', { userId: user('shopper0') })).not.toEqual([])
    shop.forget(user('shopper0'))
    expect(shop.profile(user('shopper0'))).toBeNull()
    expect(ids('buy-again', { userId: user('shopper0') })).toEqual([])
    const after = ids('recommended-for-you', { userId: user('shopper0') })
    expect(after).toEqual(ids('recommended-for-you'))
    expect(after).not.toEqual(before)
  })

  it('counts answers, clicks that name them, and what cleaning dropped', async () => {
    const { shop, ask } = await openTiny()
    const { queryId } = ask('trending-items', { limit: 5 })
    shop.remember([
      event('ann', 'click', 't1', noon, { queryId, position: 1 }),
      event('ann', 'view', 't2', Date.UTC(1970, 0, 2)),
    ])
    const metrics = shop.metrics()
    expect(metrics).toMatchObject({ items: 24, generation: null, remembered: pastEvents.length + 1, dropped: 1 })
    expect(metrics.surfaces).toEqual({ 'trending-items': { answers: 1, shown: 5, clicks: 1 } })
    expect(metrics.latencyMs.p99).toBeGreaterThan(0)
  })

  it('names the signals of a shopper and an item, for an item it has', async () => {
    const { shop } = await openTiny()
    expect(Object.keys(shop.signals(user('shopper0'), item('t3')) ?? {}).length).toBeGreaterThan(0)
    expect(shop.signals(null, item('nowhere'))).toBeNull()
  })
})
