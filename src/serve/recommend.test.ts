import { afterEach, describe, expect, it } from 'vitest'
import { dayMs, hourMs, minuteMs } from '../base/clock.ts'
import type { Surface } from './answer.ts'
import { surfaces } from './answer.ts'
import {
  event,
  item,
  itemKnnEverywhere,
  noon,
  pastEvents,
  record,
  scarves,
  tables,
  tinyShop,
  user,
} from './tiny-shop-suite.ts'

const tableIds = tables.map((each) => each.objectID)
const kinds = (ids: readonly string[]) => [...new Set(ids.map((id) => id[0]))]
/** What most shoppers had to do with. */
const mostMet = () => {
  const met = (id: string) => new Set(pastEvents.filter((each) => each.itemId === id).map((each) => each.userId)).size
  const ids = [...tables, ...scarves].map((each) => each.objectID)
  return ids.filter((id) => met(id) === Math.max(...ids.map(met)))
}

let opened: Awaited<ReturnType<typeof tinyShop>> | undefined
const openTiny = async (options?: Parameters<typeof tinyShop>[0]) => (opened = await tinyShop(options))
afterEach(async () => {
  await opened?.shop.close()
  await opened?.store.close()
  opened = undefined
})

describe('recommended-for-you', () => {
  it('fits the shopper, and leaves out what they bought and what they look at in this visit', async () => {
    const { shop, ids } = await openTiny({ models: itemKnnEverywhere })
    shop.remember([
      event('ann', 'view', 't0', noon - 2 * dayMs),
      event('ann', 'purchase', 't1', noon - 2 * dayMs),
      event('ann', 'view', 't2', noon - minuteMs),
    ])
    const hits = ids('recommended-for-you', { userId: user('ann'), limit: 8 })
    expect(hits).toHaveLength(8)
    expect(kinds(hits)).toEqual(['t'])
    expect(hits).not.toContain('t1')
    expect(hits).not.toContain('t2')
    expect(ids('recommended-for-you', { userId: user('ann'), limit: 30 })).toContain('t0')
  })

  it('changes with the very next event', async () => {
    const { shop, ids } = await openTiny({ models: itemKnnEverywhere })
    shop.remember([event('ann', 'view', 't0', noon - minuteMs)])
    expect(kinds(ids('recommended-for-you', { userId: user('ann'), limit: 3 }))).toEqual(['t'])
    shop.remember([0, 1, 2, 3].map((at) => event('ann', 'purchase', `s${at}`, noon - at)))
    expect(ids('recommended-for-you', { userId: user('ann'), limit: 3 })[0][0]).toBe('s')
  })

  it('answers a stranger with what is popular, with a generation and without', async () => {
    const trained = await openTiny({ models: itemKnnEverywhere })
    const [first] = trained.ids('recommended-for-you', { limit: 5 })
    expect(mostMet()).toContain(first)
    expect(trained.ids('recommended-for-you', { userId: user('nobody'), limit: 24 })).toHaveLength(24)
    await trained.shop.goLive(null)
    expect(trained.ids('recommended-for-you', { limit: 24 })).toHaveLength(24)
  })

  it('fills every place before there is any event or generation', async () => {
    const { ids } = await openTiny({ past: false })
    expect(ids('recommended-for-you', { limit: 24 })).toHaveLength(24)
  })

  it('goes by interests before the first generation', async () => {
    const { shop, ids } = await openTiny()
    shop.remember([event('ann', 'view', 's3', noon - minuteMs)])
    expect(kinds(ids('recommended-for-you', { userId: user('ann'), limit: 6 }))).toEqual(['s'])
  })

  it('gives a product added a moment ago one of the places kept for new ones, where it fits', async () => {
    const { shop, ids } = await openTiny({ models: itemKnnEverywhere })
    shop.remember([event('ann', 'view', 't0', noon - minuteMs), event('bob', 'view', 's0', noon - minuteMs)])
    const put = record('new', 'Oak table new', 'Furniture > Tables', { createdAt: undefined })
    shop.applyChanges([{ kind: 'put', record: put }])
    const place = (name: string) => ids('recommended-for-you', { userId: user(name), limit: 4 }).indexOf('new')
    expect(place('ann')).toBe(3)
    expect(place('bob')).toBe(-1)
    shop.applyChanges([{ kind: 'put', record: { ...put, createdAt: '2020-01-01' } }])
    expect(place('ann')).toBe(-1)
  })

  it('mixes kinds as the settings say, in order of score where they say nothing', async () => {
    const mixed = async (recommend: object) => {
      const { shop, ids } = await openTiny({ models: itemKnnEverywhere, config: { recommend } })
      shop.remember([
        ...[0, 1, 2, 3].map((at) => event('ann', 'view', `t${at}`, noon - (9 - at) * dayMs)),
        event('ann', 'view', 's0', noon - 3 * dayMs),
      ])
      const all = ids('recommended-for-you', { userId: user('ann'), limit: 8 })
      await shop.close()
      return { first: all[0], scarves: all.filter((id) => id.startsWith('s')).length }
    }
    const plain = await mixed({ diversity: 0, calibration: 0 })
    const diverse = await mixed({ diversity: 3, calibration: 0 })
    expect(diverse.first).toBe(plain.first)
    expect(diverse.scarves).toBeGreaterThan(plain.scarves)
    const calibrated = await mixed({ diversity: 0, calibration: 10 })
    // One in five of what ann looked at.
    expect(Math.abs(calibrated.scarves - 8 / 5)).toBeLessThan(1)
  })

  it("names the shopper's own items that speak for a hit", async () => {
    const { shop, ask } = await openTiny({ models: itemKnnEverywhere })
    shop.remember([
      event('ann', 'view', 't5', noon - 3 * dayMs),
      event('ann', 'view', 's5', noon - 2 * dayMs),
      event('ann', 'view', 'lost', noon - dayMs),
    ])
    const { hits } = ask('recommended-for-you', { userId: user('ann'), limit: 10 })
    const explained = hits.filter((hit) => hit.source === 'item-knn')
    expect(new Set(explained.map((hit) => hit.item.id[0])).size).toBe(2)
    for (const hit of explained) expect(hit.because[0]).toBe(hit.item.id.startsWith('t') ? 't5' : 's5')
  })
})

describe('beside a product', () => {
  it('related-products and bought-together keep to its kind and leave the product out', async () => {
    const { ids } = await openTiny({ models: itemKnnEverywhere })
    for (const surface of ['related-products', 'bought-together', 'looking-similar'] as const) {
      const hits = ids(surface, { itemId: item('t3'), limit: 5 })
      expect(hits).toHaveLength(5)
      expect(kinds(hits)).toEqual(['t'])
      expect(hits).not.toContain('t3')
    }
  })

  it('a product no model knows has neighbours at once, also as a neighbour', async () => {
    const { shop, ids, ask } = await openTiny({ models: itemKnnEverywhere })
    shop.applyChanges([{ kind: 'put', record: record('new', 'Oak table new', 'Furniture > Tables') }])
    for (const surface of ['related-products', 'bought-together', 'looking-similar'] as const) {
      expect(kinds(ids(surface, { itemId: item('new'), limit: 5 }))).toEqual(['t'])
    }
    expect(ask('related-products', { itemId: item('new'), limit: 5 }).hits[0].source).toBe('item-knn')
    expect(ids('looking-similar', { itemId: item('t3'), limit: 30 })).toContain('new')
    expect(ids('related-products', { itemId: item('never heard of'), limit: 5 })).toHaveLength(5)
  })

  it('asks for the product where the request names none', async () => {
    const { ask } = await openTiny()
    expect(() => ask('related-products')).toThrow('needs the parameter objectID')
    expect(() => ask('trending-facets')).toThrow('needs the parameter facetName')
  })
})

describe('the other surfaces', () => {
  it('trending-items rise with what happens now, also within a facet value', async () => {
    const { shop, ids } = await openTiny({ models: itemKnnEverywhere })
    shop.remember(Array.from({ length: 9 }, (_, at) => event(`v${at}`, 'view', 's7', noon - at * minuteMs)))
    shop.remember([event('w', 'view', 't7', noon - minuteMs)])
    expect(ids('trending-items', { limit: 1 })).toEqual(['s7'])
    const within = ids('trending-items', { facetName: 'categories', facetValue: 'Furniture > Tables', limit: 12 })
    expect(within.sort()).toEqual([...tableIds].sort())
  })

  it('trending-facets answer with the values that rise, best first', async () => {
    const { shop, ask } = await openTiny()
    shop.remember(Array.from({ length: 30 }, (_, at) => event(`v${at}`, 'view', 's7', noon - at * minuteMs)))
    const { facets, hits } = ask('trending-facets', { facetName: 'categories' })
    expect(facets.map((each) => each.facetValue)).toEqual(['Fashion > Scarves', 'Furniture > Tables'])
    expect(facets[0].score).toBe(100)
    expect(facets[1].score).toBeLessThan(100)
    expect(hits).toEqual([])
  })

  it('recently-viewed is what was looked at, latest first, and empty for a stranger', async () => {
    const { shop, ids } = await openTiny()
    shop.remember([event('ann', 'view', 't1', noon - 2 * dayMs), event('ann', 'view', 's2', noon - minuteMs)])
    expect(ids('recently-viewed', { userId: user('ann') })).toEqual(['s2', 't1'])
    expect(ids('recently-viewed', { userId: user('nobody') })).toEqual([])
    expect(ids('recently-viewed')).toEqual([])
  })

  it('buy-again is what was bought and kept', async () => {
    const { shop, ids } = await openTiny()
    shop.remember([
      event('ann', 'view', 't1', noon - 40 * dayMs),
      event('ann', 'purchase', 's2', noon - 30 * dayMs),
      event('ann', 'purchase', 's3', noon - 30 * dayMs),
      event('ann', 'return', 's3', noon - 28 * dayMs),
    ])
    expect(ids('buy-again', { userId: user('ann') })).toEqual(['s2'])
    expect(ids('buy-again')).toEqual([])
  })

  it('next-basket names what is bought again and again, from the very next answer on', async () => {
    const { shop, ask } = await openTiny({ models: itemKnnEverywhere })
    const monthly = (id: string) => [90, 60, 30].map((days) => event('ann', 'purchase', id, noon - days * dayMs))
    const once = ['t2', 't3', 't4'].map((id, at) => event('ann', 'purchase', id, noon - (30 + 30 * at) * dayMs))
    shop.remember([...monthly('s2'), ...once].sort((a, b) => a.timeMs - b.timeMs))
    const [first, ...others] = ask('next-basket', { userId: user('ann'), limit: 6 }).hits
    expect(first).toMatchObject({ item: { id: 's2' }, source: 'next-basket' })
    expect(others.map(({ item: { id } }) => id as string)).toEqual(expect.arrayContaining(['t2', 't3', 't4']))
    shop.remember([0, 1, 2, 3].map((day) => event('ann', 'purchase', 's7', noon - (4 - day) * hourMs * 4)))
    expect(ask('next-basket', { userId: user('ann'), limit: 1 }).hits[0].item.id).toBe('s7')
  })

  it('next-basket without a model, or a purchase, is what is due and then as for you', async () => {
    const { shop, ids } = await openTiny({ models: { 'recommended-for-you': 'item-knn' } })
    shop.remember([event('ann', 'purchase', 's2', noon - 30 * dayMs), event('bob', 'view', 't1', noon - dayMs)])
    expect(ids('next-basket', { userId: user('ann'), limit: 5 })[0]).toBe('s2')
    for (const who of ['bob', 'nobody']) {
      expect(ids('next-basket', { userId: user(who), limit: 5 })).toHaveLength(5)
    }
  })

  it('session goes by the present visit, and by the whole history where there is no visit', async () => {
    const { shop, clock, ids } = await openTiny({ models: itemKnnEverywhere })
    shop.remember([
      ...[0, 1, 2, 3, 4].map((at) => event('ann', 'purchase', `t${at}`, noon - 5 * dayMs + at)),
      event('ann', 'view', 's5', noon - minuteMs),
    ])
    expect(kinds(ids('session', { userId: user('ann'), limit: 4 }))).toEqual(['s'])
    clock.advance(2 * dayMs)
    expect(ids('session', { userId: user('ann'), limit: 4 })).toEqual(
      ids('recommended-for-you', { userId: user('ann'), limit: 4 }),
    )
    expect(kinds(ids('session', { userId: user('ann'), limit: 4 }))).toContain('t')
  })
})

describe('every surface', () => {
  const questions = surfaces.filter((surface) => surface !== 'trending-facets')
  const question = { userId: user('shopper0'), itemId: item('t3') }

  it.each(questions)('%s never shows what is out of stock, hidden or deleted', async (surface: Surface) => {
    const { shop, ids } = await openTiny({ models: itemKnnEverywhere })
    const before = ids(surface, { ...question, limit: 30 })
    expect(before.length).toBeGreaterThan(0)
    const [soldOut, hidden, deleted] = [before[0], before[1] ?? 's0', before[2] ?? 's1']
    shop.applyChanges([
      { kind: 'merge', record: { objectID: soldOut, inStock: false }, createIfMissing: false },
      { kind: 'merge', record: { objectID: hidden, hidden: true }, createIfMissing: false },
      { kind: 'delete', itemId: item(deleted) },
    ])
    const after = ids(surface, { ...question, limit: 30 })
    for (const gone of [soldOut, hidden, deleted]) expect(after).not.toContain(gone)
    shop.applyChanges([{ kind: 'merge', record: { objectID: soldOut, inStock: true }, createIfMissing: false }])
    expect(ids(surface, { ...question, limit: 30 })).toContain(soldOut)
  })

  it.each(questions)(
    '%s respects restrictions, limit and threshold, with scores that fall',
    async (surface: Surface) => {
      const { ask } = await openTiny({ models: itemKnnEverywhere })
      const all = ask(surface, { ...question, limit: 30 }).hits
      for (const [at, hit] of all.entries()) {
        expect(hit.score).toBeLessThanOrEqual(at === 0 ? 100 : all[at - 1].score)
        expect(hit.score).toBeGreaterThanOrEqual(0)
      }
      expect(new Set(all.map((hit) => hit.item.id)).size).toBe(all.length)
      const wanted = all.slice(1, 3).map((hit) => hit.item.id)
      const filters = [...wanted, 'none'].map((id) => `objectID:${id}`).join(' OR ')
      expect(ask(surface, { ...question, restrictions: { filters } }).hits.map((hit) => hit.item.id)).toEqual(wanted)
      expect(ask(surface, { ...question, limit: 1 }).hits).toHaveLength(1)
      const threshold = all[0].score
      for (const hit of ask(surface, { ...question, threshold }).hits)
        expect(hit.score).toBeGreaterThanOrEqual(threshold)
    },
  )

  it.each(questions)('%s gives the same answer to the same question', async (surface: Surface) => {
    const { ids } = await openTiny({ models: itemKnnEverywhere })
    expect(ids(surface, question)).toEqual(ids(surface, question))
  })

  it('fills up from the fallback restrictions, below what met the first ones', async () => {
    const { ask } = await openTiny({ models: itemKnnEverywhere })
    const { hits } = ask('recommended-for-you', {
      limit: 6,
      restrictions: { filters: 'objectID:s1 OR objectID:s2' },
      fallbackRestrictions: { filters: 'categories:"Furniture > Tables"' },
    })
    const ids = hits.map((hit) => hit.item.id as string)
    expect(ids.slice(0, 2).sort()).toEqual(['s1', 's2'])
    expect(ids).toHaveLength(6)
    expect(kinds(ids.slice(2))).toEqual(['t'])
  })

  it('puts what optional filters prefer first, and drops nothing', async () => {
    const { ids } = await openTiny({ models: itemKnnEverywhere })
    const preferred = ids('recommended-for-you', {
      limit: 24,
      restrictions: { optionalFilters: 'categories:Fashion > Scarves' },
    })
    expect(preferred).toHaveLength(24)
    expect(kinds(preferred.slice(0, 12))).toEqual(['s'])
  })

  it('refuses a restriction it cannot read', async () => {
    const { ask } = await openTiny()
    expect(() => ask('trending-items', { restrictions: { filters: 'price >' } })).toThrow('expected a number')
  })

  it('shows scarves to nobody once none are left', async () => {
    const { shop, ids } = await openTiny({ models: itemKnnEverywhere })
    shop.applyChanges(scarves.map((each) => ({ kind: 'delete', itemId: item(each.objectID) })))
    expect(kinds(ids('recommended-for-you', { limit: 30 }))).toEqual(['t'])
  })
})
