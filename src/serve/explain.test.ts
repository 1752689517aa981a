import { afterEach, describe, expect, it } from 'vitest'
import { dayMs, hourMs, minuteMs } from '../base/clock.ts'
import type { TrainedSurface } from '../models/bundle.ts'
import type { ExplainRequest } from './explain.ts'
import { event, item, noon, products, record, tinyShop, user } from './tiny-shop-suite.ts'

let opened: Awaited<ReturnType<typeof tinyShop>>[] = []
const open = async (name = 'ease', surfaces: readonly TrainedSurface[] = ['recommended-for-you', 'session']) => {
  const shop = await tinyShop({ models: Object.fromEntries(surfaces.map((surface) => [surface, name])) })
  opened.push(shop)
  return shop
}
afterEach(async () => {
  for (const { shop, store } of opened) {
    await shop.close()
    await store.close()
  }
  opened = []
})

/** Looks of ann, days apart, oldest first. */
const looks = (...ids: string[]) =>
  ids.map((id, at) => event('ann', 'view', id, noon - (ids.length - at) * dayMs - hourMs))
const asked = (hit: string, more: Partial<ExplainRequest> = {}): ExplainRequest => ({
  catalogue: products,
  surface: 'recommended-for-you',
  userId: user('ann'),
  hit: item(hit),
  limit: 4,
  ...more,
})
const idOf = (said: { id: string } | string) => (typeof said === 'string' ? said : said.id)

describe('an explained recommendation', () => {
  it.each(['ease', 'item-knn', 'rp3beta', 'ials', 'user-knn'])(
    'has parts for each item of the history that sum to its score (%s)',
    async (model) => {
      const { shop, ids } = await open(model)
      shop.remember(looks('t0', 's3', 't1'))
      const [first] = ids('recommended-for-you', { userId: user('ann'), limit: 4 })
      const { place, account } = await shop.explain(asked(first))
      expect(place).toBe(1)
      if (account === null) return expect.fail('somebody proposed it')
      expect(account.source).toBe(model)
      expect(account.history.map(({ item: said }) => idOf(said)).sort()).toEqual(['s3', 't0', 't1'])
      const sum = account.history.reduce((total, { part }) => total + part, account.rest ?? Number.NaN)
      expect(sum).toBeCloseTo(account.score ?? Number.NaN, 8)
      expect(Math.abs(account.history[0].part)).toBeGreaterThanOrEqual(Math.abs(account.history[2].part))
    },
  )

  it('drops out without the items that are named, in a shop where they were never met', async () => {
    const { shop, ids } = await open()
    const past = looks('t0', 's3', 't1', 's7')
    shop.remember(past)
    let explainedOnes = 0
    for (const hit of ids('recommended-for-you', { userId: user('ann'), limit: 4 })) {
      const { removal } = await shop.explain(asked(hit))
      if (removal?.found !== true) continue
      explainedOnes++
      expect(removal).toMatchObject({ verified: true, minimal: true, smallest: true })
      expect(removal.rank ?? Number.POSITIVE_INFINITY).toBeGreaterThan(1)
      const removed = removal.items.map(idOf)
      const other = await open()
      other.shop.remember(past.filter(({ itemId }) => !removed.includes(itemId as string)))
      const left = other.ids('recommended-for-you', { userId: user('ann'), limit: 4 + removed.length })
      expect(left.filter((id) => !removed.includes(id)).slice(0, 4)).not.toContain(hit)
      // And stays with any of them put back.
      for (const back of removed) {
        const nearly = await open()
        const gone = removed.filter((id) => id !== back)
        nearly.shop.remember(past.filter(({ itemId }) => !gone.includes(itemId as string)))
        const list = nearly.ids('recommended-for-you', { userId: user('ann'), limit: 4 + gone.length })
        expect(list.filter((id) => !gone.includes(id)).slice(0, 4)).toContain(hit)
      }
    }
    expect(explainedOnes).toBeGreaterThan(0)
  })

  it('says so where no set was found within the budget, and never asks for more', async () => {
    const { shop, ids } = await open()
    shop.remember(looks('t0', 't1', 't3', 't4'))
    const [first] = ids('recommended-for-you', { userId: user('ann'), limit: 12 })
    const { removal } = await shop.explain(asked(first, { limit: 12, budget: 1 }))
    expect(removal).toEqual({ found: false, reason: 'No set was found within 1 recomputed answers.', recomputed: 1 })
  })

  it('changes nothing: neither the next answer nor what is known of the shopper', async () => {
    const { shop, ids } = await open()
    shop.remember(looks('t0', 's3', 't1'))
    const before = ids('recommended-for-you', { userId: user('ann'), limit: 6 })
    const profile = shop.profile(user('ann'))
    for (const hit of before) await shop.explain(asked(hit, { limit: 6 }))
    expect(ids('recommended-for-you', { userId: user('ann'), limit: 6 })).toEqual(before)
    expect(shop.profile(user('ann'))).toEqual(profile)
  })

  it('goes by the visit where the visit was asked', async () => {
    const { shop, ids } = await open('item-knn')
    shop.remember([...looks('t0', 't1'), event('ann', 'view', 's5', noon - minuteMs)])
    const [first] = ids('session', { userId: user('ann'), limit: 3 })
    const { account, removal } = await shop.explain(asked(first, { surface: 'session', limit: 3 }))
    expect(account?.history.map(({ item: said }) => idOf(said))).toEqual(['s5'])
    expect(removal).toMatchObject({ found: true })
    expect(removal?.found === true && removal.items.map(idOf)).toEqual(['s5'])
  })

  it('beside a product goes by that product, and by the words of one that no model knows', async () => {
    const { shop, ids } = await open('item-knn', ['related-products'])
    const beside = { surface: 'related-products', userId: null, itemId: item('t3') } as const
    const [first] = ids('related-products', { itemId: item('t3'), limit: 3 })
    const { account, removal } = await shop.explain(asked(first, beside))
    expect(account?.history.map(({ item: said }) => idOf(said))).toEqual(['t3'])
    expect(removal).toMatchObject({ found: false, reason: expect.stringContaining('product looked at') as string })
    const likest = await shop.explain(asked('t4', { ...beside, surface: 'looking-similar' }))
    expect(likest.account).toMatchObject({ source: 'content', score: null })
    expect(likest.account?.shared.map(({ tag }) => tag)).toContain('category:Furniture > Tables')
    for (const { part } of likest.account?.shared ?? []) expect(part).toBeGreaterThan(0)
  })

  it('tells of a new product, which no model knows, by the interests it fits', async () => {
    const { shop } = await open('item-knn')
    shop.remember([event('ann', 'view', 't0', noon - minuteMs)])
    shop.applyChanges([
      { kind: 'put', record: record('new', 'Oak table new', 'Furniture > Tables', { createdAt: undefined }) },
    ])
    const { place, account, removal } = await shop.explain(asked('new'))
    expect(place).toBe(4)
    expect(account?.source).toBe('content')
    expect(account?.shared.map(({ tag }) => tag)).toContain('word:table')
    expect(removal?.found).toBe(false)
  })
})

describe('what is not recommended', () => {
  it('is told why not', async () => {
    const { shop, ids } = await open()
    shop.remember([...looks('t0', 't1'), event('ann', 'purchase', 't4', noon - 2 * dayMs)])
    shop.applyChanges([{ kind: 'merge', record: { objectID: 's1', inStock: false }, createIfMissing: false }])
    const shown = ids('recommended-for-you', { userId: user('ann'), limit: 4 })
    const far = ['s0', 's2', 's3', 's4'].find((id) => !shown.includes(id)) ?? expect.fail('one is left')
    expect(await shop.explain(asked('t4'))).toMatchObject({
      place: null,
      absent: expect.stringContaining('bought') as string,
    })
    expect(await shop.explain(asked('s1'))).toMatchObject({
      place: null,
      absent: expect.stringContaining('stock') as string,
    })
    const behind = await shop.explain(asked(far))
    expect(behind).toMatchObject({ place: null, absent: expect.stringContaining('first 4') as string, removal: null })
    expect(behind.rank).toBeGreaterThan(4)
    expect(behind.account?.history).toHaveLength(3)
  })

  it('nor known, is refused', async () => {
    const { shop } = await open()
    await expect(shop.explain(asked('lost'))).rejects.toMatchObject({ code: 'not-found' })
    await expect(shop.explain(asked('t0', { userId: user('nobody') }))).rejects.toMatchObject({ code: 'not-found' })
    const facets = asked('t0', { surface: 'trending-facets', facetName: 'brand', userId: null })
    await expect(shop.explain(facets)).rejects.toMatchObject({ code: 'bad-request' })
    expect((await shop.explain(asked('t0', { userId: null, limit: 30 }))).place).not.toBeNull()
  })
})
