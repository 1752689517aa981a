import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CatalogueId, ItemId } from '../domain/ids.ts'
import { defaultAttributes, type ItemRecord } from '../domain/item.ts'
import { openSqliteStore } from '../store/sqlite.ts'
import type { ItemChange } from '../store/store.ts'
import { createLiveCatalogue, sellable } from './live-catalogue.ts'

const shop = 'shop' as CatalogueId
const id = fc.constantFrom('a', 'b', 'c')
const record = fc
  .record({ objectID: id, title: fc.constantFrom('x', 'y'), price: fc.nat(9) }, { requiredKeys: ['objectID'] })
  .map((each) => each as ItemRecord)
const change: fc.Arbitrary<ItemChange> = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), record }),
  fc.record({ kind: fc.constant('merge' as const), record, createIfMissing: fc.boolean() }),
  id.map((itemId) => ({ kind: 'delete' as const, itemId: itemId as ItemId })),
  fc.constant({ kind: 'clear' as const }),
)

describe('the live catalogue', () => {
  it('holds what the store holds after any changes, and has told of each item that came or went', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(change, { maxLength: 6 }), { maxLength: 4 }), async (batches) => {
        const store = await openSqliteStore({ file: ':memory:' })
        const heard = new Map<ItemId, ItemRecord>()
        const live = createLiveCatalogue(shop, defaultAttributes, (itemId, item) => {
          if (item === null) heard.delete(itemId)
          else heard.set(itemId, item.record)
        })
        for (const batch of batches) {
          await store.catalogues.apply(shop, batch, 0)
          live.apply(batch)
        }
        const stored = new Map<string, ItemRecord>()
        for await (const records of store.catalogues.scan(shop))
          for (const each of records) stored.set(each.objectID, each)
        expect(new Map([...live.items()].map((item) => [item.id, item.record]))).toEqual(stored)
        expect(heard).toEqual(stored)
        await store.close()
      }),
      { numRuns: 30, seed: 4 },
    )
  })

  it('sells neither what is hidden nor what is out of stock', () => {
    const live = createLiveCatalogue(shop, defaultAttributes, () => undefined)
    live.apply([
      { kind: 'put', record: { objectID: 'a', inStock: false } },
      { kind: 'put', record: { objectID: 'b', hidden: true } },
      { kind: 'put', record: { objectID: 'c' } },
    ])
    expect([...live.items()].filter(sellable).map((item) => item.id)).toEqual(['c'])
  })
})
