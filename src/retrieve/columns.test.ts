import { describe, expect, it } from 'vitest'
import type { ItemRecord } from '../domain/item.ts'
import { createColumns } from './columns.ts'

/** Columns over `count` products, and how often a record was read for them since. */
function shelf(count: number) {
  const records: ItemRecord[] = []
  let reads = 0
  const columns = createColumns((doc) => {
    reads++
    return records[doc] ?? null
  })
  for (let doc = 0; doc < count; doc++) {
    const record = {
      objectID: `p${doc}`,
      title: `Chair number ${doc}`,
      brand: ['Acme', 'Oak'][doc % 2],
      price: doc / 7,
      hierarchy: { lvl0: `Room ${doc % 5}` },
      tags: [`tag ${doc % 3}`, `tag ${doc % 4}`],
      _geoloc: { lat: 1, lng: doc % 90 },
    } as unknown as ItemRecord
    columns.put(doc, record)
    records[doc] = record
  }
  reads = 0
  return { columns, records, reads: () => reads }
}

describe('columns', () => {
  it('that shoppers are likely to narrow by are there before they are asked for, in a large catalogue', () => {
    const { columns, reads } = shelf(3_000)
    const { codes, values } = columns.texts('brand')
    expect([values[codes[0]], values[codes[999]], values[codes[2_999]]]).toEqual(['Acme', 'Oak', 'Oak'])
    expect(columns.numbers('price').first[2_998]).toBe(2_998 / 7)
    expect(columns.texts('price').values).toHaveLength(3_000)
    expect(columns.texts('hierarchy.lvl0').values).toHaveLength(5)
    expect(columns.texts('tags').list(columns.texts('tags').codes[2_999])).toHaveLength(2)
    expect(columns.points().size).toBe(3_000)
    expect(reads()).toBe(0)
  })

  it('that hold another value for each product are made when they are asked for', () => {
    const { columns, reads } = shelf(3_000)
    expect(columns.texts('title').values).toHaveLength(3_000)
    expect(reads()).toBe(3_000)
    expect(columns.texts('title').values).toHaveLength(3_000)
    expect(columns.texts('no such attribute').values).toEqual([])
    expect(reads()).toBe(3_000)
  })

  it('are the same whether foreseen or asked for', () => {
    const [large, small] = [shelf(1_200), shelf(900)]
    for (const attribute of ['brand', 'price', 'hierarchy.lvl0', 'title']) {
      const [a, b] = [large.columns.texts(attribute), small.columns.texts(attribute)]
      for (let doc = 0; doc < 900; doc++) expect(a.values[a.codes[doc]]).toBe(b.values[b.codes[doc]])
    }
  })
})
