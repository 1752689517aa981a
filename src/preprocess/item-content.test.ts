import { describe, expect, it } from 'vitest'
import type { Csr } from '../kernels/csr.ts'
import { type DescribedItem, itemContent } from './item-content.ts'

function item(title: string, more: Partial<DescribedItem> = {}): DescribedItem {
  return { title, brand: null, categoryPath: [], tags: [], priceMinor: null, ...more }
}

function content(items: readonly (DescribedItem | undefined)[]): Csr {
  const made = itemContent(items)
  if (made === null) throw new Error('no content')
  return made
}

function cosine({ pointers, columns, values }: Csr, one: number, other: number): number {
  const theirs = new Map<number, number>()
  for (let at = pointers[other]; at < pointers[other + 1]; at++) theirs.set(columns[at], values[at])
  let sum = 0
  for (let at = pointers[one]; at < pointers[one + 1]; at++) sum += values[at] * (theirs.get(columns[at]) ?? 0)
  return sum
}

const shop = [
  item('Red leather boots', { brand: 'Acme', categoryPath: ['Shoes', 'Boots'], priceMinor: 9000 }),
  item('Black leather boots', { brand: 'Acme', categoryPath: ['Shoes', 'Boots'], priceMinor: 9500 }),
  item('Garden hose, 20 m', { brand: 'Wet', categoryPath: ['Garden'], priceMinor: 2000 }),
  item('Garden spade', { brand: 'Dig', categoryPath: ['Garden'], priceMinor: 2500 }),
]

describe('what the catalogue says of items', () => {
  it('makes things alike that share words, brand and category, and others not', () => {
    const table = content(shop)
    expect(cosine(table, 0, 1)).toBeGreaterThan(0.3)
    expect(cosine(table, 2, 3)).toBeGreaterThan(2 * cosine(table, 0, 2))
  })

  it('makes an item of rare words less alike to others than one of shared words', () => {
    const plain = content([...shop, item('Garden spade')])
    const rare = content([...shop, item('Garden spade qwertz asdfgh zxcvbn poiuy')])
    expect(cosine(rare, 3, 4)).toBeLessThan(cosine(plain, 3, 4))
  })

  it('has rows no longer than 1, and an empty one for an item without a record', () => {
    const table = content([...shop, undefined])
    for (let row = 0; row < 4; row++) expect(cosine(table, row, row)).toBeLessThanOrEqual(1 + 1e-6)
    expect(table.pointers[5] - table.pointers[4]).toBe(0)
  })

  it('knows Chinese titles by pairs of characters', () => {
    const table = content([item('红色皮靴 女'), item('黑色皮靴 女'), item('花园水管'), item('花园铲子')])
    expect(cosine(table, 0, 1)).toBeGreaterThan(cosine(table, 0, 2))
  })

  it('numbers tokens alike whatever the order of the items', () => {
    const turned = content(shop.toReversed())
    expect(turned.columnCount).toBe(content(shop).columnCount)
    expect(cosine(turned, 3, 2)).toBeCloseTo(cosine(content(shop), 0, 1), 6)
  })

  it('is null where nothing is shared: no catalogue, or one that says the same of all', () => {
    expect(itemContent([undefined, undefined])).toBeNull()
    expect(itemContent([item('spoon'), item('spoon')])).toBeNull()
  })
})
