import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CatalogueId } from './ids.ts'
import { readItem } from './item.ts'

const read = (record: object) => readItem('products' as CatalogueId, { objectID: 'x', ...record })

describe('readItem', () => {
  it('understands the ways shops write a category', () => {
    const path = ['Women', 'Shoes', 'Boots']
    expect(read({ categories: 'Women > Shoes > Boots' }).categoryPath).toEqual(path)
    expect(read({ categories: path }).categoryPath).toEqual(path)
    expect(read({ category: 'Women|Shoes|Boots' }).categoryPath).toEqual(path)
    const levels = { lvl0: 'Women', lvl1: 'Women > Shoes', lvl2: ['Women > Shoes > Boots'] }
    expect(read({ hierarchicalCategories: levels }).categoryPath).toEqual(path)
  })

  it('understands prices, stock and dates as text, number or word', () => {
    expect(read({ price: '$1,299.50' }).priceMinor).toBe(129_950)
    for (const price of ['12,50', '12,50 EUR', '12.50']) expect(read({ price }).priceMinor).toBe(1250)
    expect(read({ price: 12.34 }).priceMinor).toBe(1234)
    expect(read({ price: -1 }).priceMinor).toBeNull()
    expect(read({ price: 'on request' }).priceMinor).toBeNull()
    for (const stock of [false, 0, 'out of stock', 'no']) expect(read({ inStock: stock }).inStock).toBe(false)
    for (const stock of [true, 3, 'yes', undefined]) expect(read({ inStock: stock }).inStock).toBe(true)
    for (const hidden of [true, 1, 'true', 'Yes']) expect(read({ hidden }).hidden).toBe(true)
    for (const hidden of [false, 0, 'false', '', null]) expect(read({ hidden }).hidden).toBe(false)
    expect(read({ createdAt: 1_600_000_000 }).createdAtMs).toBe(1_600_000_000_000)
    expect(read({ createdAt: '2020-09-13' }).createdAtMs).toBe(Date.UTC(2020, 8, 13))
  })

  it('leaves absent what is absent', () => {
    expect(read({})).toMatchObject({
      title: '',
      brand: null,
      categoryPath: [],
      priceMinor: null,
      hidden: false,
      createdAtMs: null,
    })
  })

  it('reads any JSON without throwing', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('title', 'price', 'categories', 'stock', 'createdAt', 'color'), fc.jsonValue()),
        (record) => {
          const item = read(record)
          expect(item.categoryPath.every((name) => typeof name === 'string')).toBe(true)
          expect(item.priceMinor === null || item.priceMinor >= 0).toBe(true)
        },
      ),
    )
  })
})
