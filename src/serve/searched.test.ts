import { describe, expect, it } from 'vitest'
import { dayMs } from '../base/clock.ts'
import { silentLog } from '../base/log.ts'
import type { CatalogueId } from '../domain/ids.ts'
import { openSqliteStore } from '../store/sqlite.ts'
import type { SearchParameters } from './search-parameters.ts'
import { createSearchCounter, filtersAsked, searchedFor } from './searched.ts'

const asked = (parameters: SearchParameters) =>
  filtersAsked(parameters).map(({ attribute, operator, value }) => `${attribute} ${operator} ${value}`)
const catalogue = 'shop' as CatalogueId

describe('the filters of a search', () => {
  it('are read back as they were asked, each once', () => {
    expect(asked({ filters: '(brand:acme OR brand:"bo b") AND NOT colour:red AND brand:acme' })).toEqual([
      'brand : acme',
      'brand : bo b',
      'colour : -red',
    ])
    expect(asked({ facetFilters: [['size:s', 'size:m'], 'brand:-acme'], tagFilters: ['New'] })).toEqual([
      'size : s',
      'size : m',
      'brand : -acme',
      '_tags : New',
    ])
    expect(asked({ query: 'oak' })).toEqual([])
  })

  it.each(['<', '<=', '=', '!=', '>', '>='])('tell %s apart, whatever the number', (operator) => {
    for (const number of [0, 20, -3, 19.99, 0.1, 1e9]) {
      expect(asked({ numericFilters: [`price${operator}${number}`] })).toEqual([`price ${operator} ${number}`])
    }
  })

  it('tell both ends of a range, and a denied one', () => {
    expect(asked({ filters: 'price:10 TO 20' })).toEqual(['price >= 10', 'price <= 20'])
    expect(asked({ filters: 'NOT price < 10' })).toEqual(['price >= 10'])
  })
})

describe('the counter of searches that nobody follows', () => {
  it('adds up what was typed by day, and writes no word of who typed it', async () => {
    const store = await openSqliteStore({ file: ':memory:' })
    const counter = createSearchCounter(store, catalogue, silentLog)
    const searched = (nbHits: number) => searchedFor(catalogue, { analyticsTags: ['b', 'a', 'b'] }, nbHits)
    for (const [query, hits, ms] of [
      ['Oak  Table ', 3, 0],
      ['oak table', 0, 5],
      ['oak table', 4, dayMs],
    ] as const) {
      const what = searched(hits)
      if (what !== null) counter.count(query, what, 500 * dayMs + ms)
    }
    await counter.flush()
    const kind = { catalogue, index: catalogue, query: 'oak table', filters: [], tags: ['a', 'b'] }
    expect(await store.searches.list(catalogue, catalogue, 0, 1000)).toEqual([
      { ...kind, day: 500, searches: 2, withoutResults: 1, hits: 3 },
      { ...kind, day: 501, searches: 1, withoutResults: 0, hits: 4 },
    ])
    await store.close()
  })

  it('knows nothing of a search that asked not to be counted', () => {
    expect(searchedFor(catalogue, { analytics: false }, 3)).toBeNull()
  })
})
