/** What every database must keep of searches that are counted and no more. */
import { describe, expect, it } from 'vitest'
import { hardTexts, other, shop } from './catalogue-store-suite.ts'
import type { SearchCount, Store } from './store.ts'

const count = (query: string, changes: Partial<SearchCount> = {}): SearchCount => ({
  catalogue: shop,
  day: 20_000,
  index: shop,
  query,
  filters: [],
  tags: [],
  searches: 1,
  withoutResults: 0,
  hits: 12,
  ...changes,
})

export function searchCountSuite(store: () => Store): void {
  describe('search counts', () => {
    it('add up, within a group and from group to group, each kind and day by itself', async () => {
      const { searches } = store()
      const filtered = { filters: [{ attribute: 'brand', operator: ':', value: 'Acme' }] } as const
      await searches.add([count('oak'), count('oak', filtered), count('oak', { hits: 5 })])
      await searches.add([count('oak', { withoutResults: 1, hits: 0 }), count('oak', { day: 20_001 })])
      const sorted = (await searches.list(shop, shop, 20_000, 20_001)).sort((a, b) => b.searches - a.searches)
      expect(sorted).toEqual([count('oak', { searches: 3, withoutResults: 1, hits: 17 }), count('oak', filtered)])
      expect(await searches.list(shop, shop, 20_001, 20_002)).toEqual([count('oak', { day: 20_001 })])
    })

    it('keep every text as it was typed, and catalogues and indices apart', async () => {
      const { searches } = store()
      const texts = [...hardTexts, '长'.repeat(20_000)]
      await searches.add(texts.map((text) => count(text, { tags: [text], index: other })))
      const kept = await searches.list(shop, other, 0, 30_000)
      expect(new Set(kept.map(({ query }) => query))).toEqual(new Set(texts))
      expect(kept.every(({ query, tags }) => tags[0] === query)).toBe(true)
      expect(await searches.list(shop, shop, 0, 30_000)).toEqual([])
      expect(await searches.list(other, other, 0, 30_000)).toEqual([])
    })

    it('lose none where several groups are added at once', async () => {
      const { searches } = store()
      const group = ['a', 'b', 'c', 'd'].map((query) => count(query))
      await Promise.all(Array.from({ length: 8 }, (_, at) => searches.add(at % 2 === 0 ? group : [...group].reverse())))
      expect((await searches.list(shop, shop, 0, 30_000)).map(({ searches: sum }) => sum)).toEqual([8, 8, 8, 8])
    })

    it('are dropped by day', async () => {
      const { searches } = store()
      await searches.add([
        count('old', { day: 10 }),
        count('new', { day: 11 }),
        count('old', { day: 9, catalogue: other }),
      ])
      expect(await searches.forgetBefore(11)).toBe(2)
      expect((await searches.list(shop, shop, 0, 30_000)).map(({ query }) => query)).toEqual(['new'])
    })
  })
}
