/** What every database must keep of what was shown. */
import { describe, expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import type { Exposure } from '../domain/exposure.ts'
import type { GenerationId, QueryId, UserId } from '../domain/ids.ts'
import { collect, hardTexts, item, other, shop } from './catalogue-store-suite.ts'
import type { Store } from './store.ts'

export const user = (id: string) => id as UserId

export function exposure(number: number, changes: Partial<Exposure> = {}): Exposure {
  return {
    queryId: number.toString(16).padStart(32, '0') as QueryId,
    catalogue: shop,
    timeMs: 1_700_000_000_000 + number,
    userId: user(`user ${number % 7}`),
    surface: 'recommended-for-you',
    generation: null,
    arm: null,
    items: [],
    ...changes,
  }
}

export function exposureSuite(store: () => Store): void {
  describe('exposures', () => {
    const full = exposure(1, {
      generation: 'g' as GenerationId,
      arm: 'B',
      query: hardTexts[4],
      offset: 40,
      searched: {
        index: other,
        nbHits: 7,
        filters: [{ attribute: hardTexts[3], operator: '>=', value: hardTexts[2] }],
        tags: [hardTexts[1]],
      },
      items: hardTexts.slice(0, -1).map((text, place) => {
        const own = { itemId: item(text), score: 1 - place / 3, propensity: 1 / (place + 1) }
        return place === 0 ? own : { ...own, textual: place === 1 ? [-0.25] : [-place / 4, 0.5, 0, -1] }
      }),
    })

    it('are told to the shopper who was shown them, newest first', async () => {
      const { exposures } = store()
      const own = [1, 2, 3].map((number) => exposure(number, { userId: user('ann') }))
      await exposures.append([...own, exposure(4), exposure(5, { userId: user('ann'), catalogue: other })])
      expect(await exposures.ofUser(shop, user('ann'), 2)).toEqual([own[2], own[1]])
      expect(await exposures.ofUser(shop, user('bob'), 2)).toEqual([])
    })

    it('are found by their query id, whole, and the first one of an id stays', async () => {
      const { exposures } = store()
      await exposures.append([full, exposure(2, { userId: null })])
      await exposures.append([exposure(1), exposure(3)])
      expect(await exposures.get(full.queryId)).toEqual(full)
      expect(await exposures.get(exposure(2).queryId)).toEqual(exposure(2, { userId: null }))
      expect(await exposures.get('unknown' as QueryId)).toBeNull()
    })

    it('are scanned by time, in pages, also where thousands share a millisecond', async () => {
      const { exposures } = store()
      const many = Array.from({ length: 3_000 }, (_, number) =>
        exposure(number, { timeMs: number < 2_500 ? 5 : number }),
      )
      await exposures.append(createRng(2).shuffle([...many]))
      await exposures.append([exposure(9_999, { catalogue: other, timeMs: 5 })])
      expect(await collect(exposures.scan(shop, 0, 10_000))).toEqual(many)
      expect(await collect(exposures.scan(shop, 6, 2_501))).toEqual(many.slice(2_500, 2_501))
      expect(await collect(exposures.scan(shop, 5, 6))).toHaveLength(2_500)
    })

    it('tell what was searched last, by whom, without what was shown', async () => {
      const { exposures } = store()
      const searches = [1, 2, 3].map((number) => exposure(number, { query: hardTexts[number], surface: 'search' }))
      const others = [
        exposure(4),
        exposure(5, { userId: null, query: 'a' }),
        exposure(6, { catalogue: other, query: 'b' }),
      ]
      await exposures.append([...others, ...searches].reverse())
      const told = searches.map(({ queryId, timeMs, userId, query }) => ({ queryId, timeMs, userId, query }))
      expect(await exposures.searches(shop, 10)).toEqual(told)
      expect(await exposures.searches(shop, 2)).toEqual(told.slice(1))
    })

    it('leave nothing of a batch that fails', async () => {
      const { exposures } = store()
      await expect(exposures.append([exposure(1), exposure(2, { timeMs: Number.NaN })])).rejects.toThrow()
      expect(await exposures.get(exposure(1).queryId)).toBeNull()
    })
  })
}
