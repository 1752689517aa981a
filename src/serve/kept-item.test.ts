import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CatalogueId } from '../domain/ids.ts'
import { defaultAttributes, type Item, type ItemRecord, readItem } from '../domain/item.ts'
import { createItemKeeper } from './kept-item.ts'

const shop = 'shop' as CatalogueId
const name = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('手机壳', 'Café – “x”', 'a > b', '\ud800', '\0'))
const record = fc
  .record(
    {
      objectID: fc.string({ minLength: 1 }),
      title: name,
      description: name,
      brand: fc.option(name),
      category: fc.oneof(name, fc.array(name)),
      color: name,
      price: fc.oneof(fc.float({ noNaN: true, noDefaultInfinity: true }), name),
      stock: fc.nat(2),
      hidden: fc.boolean(),
      createdAt: fc.oneof(fc.nat(), fc.constant('2026-01-02')),
      more: fc.jsonValue(),
    },
    { requiredKeys: ['objectID'] },
  )
  // As it comes out of a request.
  .map((each) => JSON.parse(JSON.stringify(each)) as ItemRecord)
const fieldsOf = (item: Item) => {
  const { id, catalogue, title, description, brand, categoryPath, tags, priceMinor } = item
  const { inStock, hidden, createdAtMs, record } = item
  return {
    id,
    catalogue,
    title,
    description,
    brand,
    categoryPath,
    tags,
    priceMinor,
    inStock,
    hidden,
    createdAtMs,
    record,
  }
}

describe('a kept item', () => {
  it('says of any record what reading it says, however many were read since', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 8 }), fc.array(fc.nat(7), { maxLength: 20 }), (records, asked) => {
        const keep = createItemKeeper(shop, defaultAttributes, 2)
        const kept = records.map(keep)
        for (const at of asked) {
          if (at < kept.length) expect(fieldsOf(kept[at])).toEqual(fieldsOf(readItem(shop, records[at])))
        }
        expect(kept.map(fieldsOf)).toEqual(records.map((each) => fieldsOf(readItem(shop, each))))
      }),
      { seed: 5 },
    )
  })

  it('stays read while few others are, and is read anew after that', () => {
    const keep = createItemKeeper(shop, defaultAttributes, 3)
    const [one, ...others] = ['a', 'b', 'c', 'd'].map((objectID) => keep({ objectID, title: objectID }))
    const first = one.record
    expect(others[0].title + others[1].title).toBe('bc')
    expect(one.record).toBe(first)
    expect(others[2].title).toBe('d')
    const again = keep({ objectID: 'e' })
    expect(again.title).toBe('')
    expect(one.record).toEqual(first)
    expect(one.record).not.toBe(first)
  })

  it('names a category that many products share once', () => {
    const keep = createItemKeeper(shop, defaultAttributes)
    const [one, other] = ['a', 'b'].map((objectID) => keep({ objectID, category: 'Shoes > Boots' }))
    expect(one.categoryPath).toEqual(['Shoes', 'Boots'])
    expect(other.categoryPath).toBe(one.categoryPath)
  })
})
