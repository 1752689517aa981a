/** What every database must keep of how far an import came. */
import { describe, expect, it } from 'vitest'
import type { ItemRecord } from '../domain/item.ts'
import { collect, hardTexts, other, shop } from './catalogue-store-suite.ts'
import { broken, event, events } from './event-store-suite.ts'
import type { ImportCheckpoint, Store } from './store.ts'

const checkpoint = (changes: Partial<ImportCheckpoint> = {}): ImportCheckpoint => ({
  key: 'digest',
  source: 'orders.csv',
  rowsDone: 100,
  finished: false,
  report: { rejected: { 'no price': 3 } },
  updatedAtMs: 5,
  ...changes,
})

export function importSuite(store: () => Store): void {
  describe('imports', () => {
    const rows = ['a', 'b', 'a'].map((id) => ({ catalogue: shop, record: { objectID: id, title: `the ${id}` } }))

    it('are unknown before they begin', async () => {
      expect(await store().imports.get('digest')).toBeNull()
      expect(await store().imports.list()).toEqual([])
    })

    it('advance with their rows, and say what of them was new', async () => {
      const { imports, catalogues } = store()
      expect(await imports.advance(checkpoint(), events(300), rows)).toEqual({ newEvents: 300, newItems: 2 })
      const later = checkpoint({ rowsDone: 200, finished: true, updatedAtMs: 9 })
      const more = [...rows, { catalogue: other, record: { objectID: 'a' } }]
      expect(await imports.advance(later, events(301), more)).toEqual({ newEvents: 1, newItems: 1 })
      expect(await imports.get('digest')).toEqual(later)
      await imports.advance(checkpoint({ key: 'second', updatedAtMs: 10 }), [], [])
      expect((await imports.list()).map((each) => each.key)).toEqual(['second', 'digest'])
      expect((await catalogues.list()).map((each) => [each.catalogue, each.itemCount])).toEqual([
        [other, 1],
        [shop, 2],
      ])
    })

    it('take their events in whole, in the order given, one that comes twice once', async () => {
      const { imports, events: log } = store()
      const hard = [...hardTexts, '\\N', '\\.', 'a\\'].map((text, at) => event(100 - at, { name: text, query: text }))
      await imports.advance(checkpoint(), hard.slice(0, 2), [])
      const { newEvents } = await imports.advance(checkpoint(), [...hard, ...hard], [])
      expect(newEvents).toBe(hard.length - 2)
      const stored = await collect(log.scan({ catalogue: shop }))
      expect(stored.map(({ sequence: _, ...rest }) => rest)).toEqual(hard)
    })

    it('stand where they stood when a chunk fails: no row, no item, no mark', async () => {
      const { imports, events: log, catalogues } = store()
      await imports.advance(checkpoint(), events(3), [])
      const nameless = { catalogue: shop, record: { objectID: null } as unknown as ItemRecord }
      const next = checkpoint({ rowsDone: 200 })
      await expect(imports.advance(next, [...events(300), broken], rows)).rejects.toThrow()
      await expect(imports.advance(next, events(300), [...rows, nameless])).rejects.toThrow()
      await expect(imports.advance({ ...next, rowsDone: Number.NaN }, events(300), rows)).rejects.toThrow()
      expect(await imports.get('digest')).toEqual(checkpoint())
      expect((await log.counts(shop)).byType.view).toBe(3)
      expect(await catalogues.list()).toEqual([])
    })
  })
}
