/** A supermarket: everyone takes their own few things every week, and something of their taste beside them. */
import { afterEach, describe, expect, it } from 'vitest'
import { dayMs } from '../base/clock.ts'
import { createVocabulary } from '../base/vocabulary.ts'
import { createRng } from '../base/rng.ts'
import type { ShopEvent } from '../domain/event.ts'
import type { EventId, ItemId, UserId } from '../domain/ids.ts'
import { modelNamed } from '../models/index.ts'
import { queryFromBaskets } from '../models/query.ts'
import { decodeBundle } from '../models/state.ts'
import { learnGeneration } from './learn-generation.ts'
import { trainGeneration } from './pipeline.ts'
import { opened, openTestShop, shop } from './taste-fixture.ts'

const users = 60
const weeks = 9
const itemCount = 60

/** Shopper u takes the items 3u … 3u + 2 (modulo 60) every week, and any one item. */
function weekly(): ShopEvent[] {
  const rng = createRng('weekly')
  const events: ShopEvent[] = []
  for (let week = 0; week < weeks; week++) {
    for (let user = 0; user < users; user++) {
      const timeMs = opened + (week * 7 + rng.next() * 6) * dayMs
      const own = [0, 1, 2].map((at) => (3 * user + at) % itemCount)
      for (const item of new Set([...own, rng.int(itemCount)])) {
        events.push({
          id: `${user} ${item} ${timeMs}` as EventId,
          catalogue: shop,
          type: 'purchase',
          userId: `u${user}` as UserId,
          timeMs,
          itemId: `i${item}` as ItemId,
          query: null,
          queryId: null,
          position: null,
          quantity: 1,
          priceMinor: 500,
          rating: null,
          orderId: null,
          name: '',
        })
      }
    }
  }
  return events.sort((a, b) => a.timeMs - b.timeMs)
}

let close: (() => Promise<void>) | null = null
afterEach(async () => {
  await close?.()
  close = null
})

describe('the surface next-basket', () => {
  it('is judged on whole baskets, and its model names what is bought every week', async () => {
    const fixture = await openTestShop(weeks * 7 + 1, { models: ['popularity'] })
    close = fixture.close
    await fixture.store.events.append(weekly(), fixture.clock.now())
    const { generation, report } = await trainGeneration(fixture.run, learnGeneration)
    const judged = report.surfaces['next-basket']
    expect(judged?.judgement).toMatchObject({ verdict: 'passed' })
    expect(judged?.validation.lines.map(({ model }) => model).sort()).toEqual(['next-basket', 'popularity', 'tifu-knn'])
    // Three of about four items of a basket can be known.
    const test = judged?.test.lines.find(({ model }) => model === judged.testedAs)
    expect(test?.metrics['R@5']).toBeGreaterThan(0.7)

    const { items, surfaces } = decodeBundle(await fixture.store.generations.artefacts(generation.id))
    const state = surfaces['next-basket']
    if (state === undefined) throw new Error('not trained')
    const known = createVocabulary(items)
    const nowMs = fixture.clock.now()
    const milk = 'i7' as ItemId
    const lastMs = nowMs - 3 * dayMs
    const query = queryFromBaskets(
      [{ itemId: milk, purchases: 1, lastPurchaseMs: lastMs }],
      [{ items: [milk], firstMs: lastMs, lastMs }],
      { indexOf: (id) => known.indexOf(id), halfLifeDays: 90, nowMs, limit: 10, features: null, weight: 5 },
    )
    const scores = new Float32Array(items.length)
    modelNamed(state.model).load(state).score(query, scores)
    const order = [...items.keys()].sort((a, b) => scores[b] - scores[a])
    expect(items[order[0]]).toBe(milk)
    expect(new Set(order.slice(1, 3).map((index) => items[index]))).toEqual(new Set(['i6', 'i8']))
  })
})
