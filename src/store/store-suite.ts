/** Every promise of the store, kept by every database: run it from the test of each implementation. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { catalogueSuite, other, shop } from './catalogue-store-suite.ts'
import { changeSuite } from './change-store-suite.ts'
import { entrySuite } from './entry-store-suite.ts'
import { events, eventSuite } from './event-store-suite.ts'
import { exposureSuite } from './exposure-store-suite.ts'
import { generationSuite } from './generation-store-suite.ts'
import { importSuite } from './import-store-suite.ts'
import { auditSuite } from './audit-store-suite.ts'
import { peopleSuite } from './people-store-suite.ts'
import { searchCountSuite } from './search-count-store-suite.ts'
import type { Store } from './store.ts'

export function storeSuite(name: string, open: () => Promise<Store>): void {
  describe(name, () => {
    let store: Store
    beforeEach(async () => {
      store = await open()
    })
    afterEach(() => store.close())

    catalogueSuite(() => store)
    entrySuite(() => store)
    eventSuite(() => store)
    exposureSuite(() => store)
    searchCountSuite(() => store)
    generationSuite(() => store)
    importSuite(() => store)
    changeSuite(() => store)
    reportSuite(() => store)
    vectorSuite(() => store)
    peopleSuite(() => store)
    auditSuite(() => store)

    it('closes once however often it is asked, and does nothing afterwards', async () => {
      await store.events.append(events(1), 0)
      await Promise.all([store.close(), store.close()])
      await expect(store.events.append(events(2), 0)).rejects.toThrow()
    })
  })
}

function vectorSuite(store: () => Store): void {
  it('keeps what texts mean, by model, to the bit', async () => {
    const { vectors } = store()
    const many = new Map(Array.from({ length: 300 }, (_, at) => [`h${at}`, Float32Array.of(at, -0.1, 1 / 3)]))
    await vectors.put('a', many)
    await vectors.put('a', new Map([['h1', Float32Array.of(9)]]))
    await vectors.put('b', new Map([['h1', Float32Array.of(2)]]))
    expect(await vectors.get('a', [...many.keys(), 'unknown'])).toEqual(many)
    expect(await vectors.get('b', ['h0', 'h1'])).toEqual(new Map([['h1', Float32Array.of(2)]]))
    expect(await vectors.get('a', [])).toEqual(new Map())
  })
}

function reportSuite(store: () => Store): void {
  it('keeps the latest report of each kind and catalogue', async () => {
    const { reports } = store()
    expect(await reports.latest(shop, 'quality')).toBeNull()
    await reports.put(shop, 'quality', { rows: 1 }, 1)
    await reports.put(shop, 'quality', { rows: 2, 'odd\0key': '👍' }, 2)
    await reports.put(shop, 'drift', null, 3)
    await reports.put(other, 'quality', [], 4)
    expect(await reports.latest(shop, 'quality')).toEqual({ report: { rows: 2, 'odd\0key': '👍' }, atMs: 2 })
    expect(await reports.latest(shop, 'drift')).toEqual({ report: null, atMs: 3 })
    expect(await reports.latest(other, 'quality')).toEqual({ report: [], atMs: 4 })
  })
}
