import { describe, expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import type { ItemRecord } from '../domain/item.ts'
import { createColumns } from './columns.ts'
import { facetValues } from './condition.ts'
import { countFacet, facetStats } from './facets.ts'

describe('facets', () => {
  const rng = createRng('facets')
  const colours = ['blue', 'green', 'red', 'Red', 'white']
  const records = Array.from({ length: 300 }, (_, at): ItemRecord => {
    const colour = Array.from({ length: rng.int(3) }, () => rng.pick(colours))
    return { objectID: `${at}`, colour: [...new Set(colour)], price: rng.int(40) }
  })
  const columns = createColumns((doc) => records[doc] ?? null)
  records.forEach((record, doc) => columns.put(doc, record))

  it('counts what a naive count counts, whatever was counted before', () => {
    for (let round = 0; round < 40; round++) {
      const docs = records.flatMap((_, doc) => (rng.int(8) < round % 9 ? [doc] : []))
      for (const attribute of ['colour', 'price'] as const) {
        const counts = new Map<string, number>()
        for (const value of docs.flatMap((doc) => facetValues(records[doc], attribute))) {
          counts.set(value, (counts.get(value) ?? 0) + 1)
        }
        const byName = [...counts]
          .map(([value, count]) => ({ value, count }))
          .sort((a, b) => (a.value < b.value ? -1 : 1))
        const byCount = byName.toSorted((a, b) => b.count - a.count)
        expect(countFacet(columns, attribute, docs, { limit: 7, sortBy: 'count' })).toEqual(byCount.slice(0, 7))
        expect(countFacet(columns, attribute, docs, { limit: 99, sortBy: 'alpha' })).toEqual(byName)
      }
    }
  })

  it('tells how numbers lie, and nothing of what has none', () => {
    const docs = [3, 5, 8]
    const prices = docs.map((doc) => records[doc].price as number)
    const sum = prices.reduce((all, price) => all + price, 0)
    const expected = { min: Math.min(...prices), max: Math.max(...prices), avg: sum / 3, sum }
    expect(facetStats(columns, 'price', docs)).toEqual(expected)
    expect(facetStats(columns, 'colour', docs)).toBeUndefined()
    columns.put(3, { ...records[3], colour: 4 })
    expect(facetStats(columns, 'colour', docs)).toEqual({ min: 4, max: 4, avg: 4, sum: 4 })
    columns.put(3, records[3])
  })
})
