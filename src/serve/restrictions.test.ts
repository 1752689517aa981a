import { describe, expect, it } from 'vitest'
import type { CatalogueId, ItemId } from '../domain/ids.ts'
import { defaultAttributes } from '../domain/item.ts'
import { createLiveCatalogue, type ItemListener } from './live-catalogue.ts'
import { createRestrictions } from './restrictions.ts'
import { createSearchIndex } from './search-index.ts'

/** `count` items, every hundredth of which is red. */
function shelf(count: number) {
  const followers: ItemListener[] = []
  const live = createLiveCatalogue('shop' as CatalogueId, defaultAttributes, (itemId, item) => {
    for (const follow of followers) follow(itemId, item)
  })
  const index = createSearchIndex({})
  const restrictions = createRestrictions(live, index.meeting)
  followers.push(restrictions.follow, index.follow)
  live.apply(
    Array.from({ length: count }, (_, at) => ({
      kind: 'put',
      record: { objectID: `p${at}`, colour: at % 100 === 0 ? 'red' : 'blue' },
    })),
  )
  return { live, restrictions }
}
const red = [{ filters: 'colour:red' }]

describe('restrictions', () => {
  it('keep the few items at hand that pass a filter which hardly any passes', () => {
    const { live, restrictions } = shelf(5_000)
    const first = restrictions.of(red)
    expect(first.few()).toBeNull()
    const passing = [...live.items()].filter(first.passes).map((item) => item.id)
    expect(passing).toHaveLength(50)
    expect([...(first.few()?.keys() ?? [])]).toEqual(passing)
    expect(restrictions.of(red).few()?.size).toBe(50)
  })

  it('follow the catalogue', () => {
    const { live, restrictions } = shelf(5_000)
    for (const item of live.items()) restrictions.of(red).passes(item)
    const asked = restrictions.of(red)
    for (const item of live.items()) asked.passes(item)
    live.apply([
      { kind: 'put', record: { objectID: 'p1', colour: 'red' } },
      { kind: 'put', record: { objectID: 'p0', colour: 'blue' } },
      { kind: 'delete', itemId: 'p100' as ItemId },
      { kind: 'merge', record: { objectID: 'p200', inStock: false }, createIfMissing: false },
      { kind: 'put', record: { objectID: 'new', colour: 'red' } },
    ])
    const ids = new Set(restrictions.of(red).few()?.keys())
    expect(ids.size).toBe(49)
    expect(['p1', 'new'].every((id) => ids.has(id as ItemId))).toBe(true)
    expect(['p0', 'p100', 'p200'].some((id) => ids.has(id as ItemId))).toBe(false)
  })

  it('do not keep what many items pass', () => {
    const { live, restrictions } = shelf(12_000)
    const blue = restrictions.of([{ filters: 'colour:blue' }])
    expect([...live.items()].filter(blue.passes)).toHaveLength(11_880)
    expect(blue.few()).toBeNull()
  })

  it('hold together', () => {
    const { live, restrictions } = shelf(200)
    const both = restrictions.of([...red, { filters: 'objectID:p0 OR objectID:p1' }])
    expect([...live.items()].filter(both.passes).map((item) => item.id)).toEqual(['p0'])
  })
})
