/** What a log cut by month must keep, besides all that any log must keep (PostgreSQL). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { dayMs } from '../base/clock.ts'
import { collect, shop } from './catalogue-store-suite.ts'
import { event, events, eventSuite } from './event-store-suite.ts'
import { exposure, exposureSuite, user } from './exposure-store-suite.ts'
import { talliesOf } from './full-shop-fixture.ts'
import { importSuite } from './import-store-suite.ts'
import { peopleSuite } from './people-store-suite.ts'
import type { Store } from './store.ts'

/** So that the events of the suites come after, in a month of their own, and some before. */
export const cutAtMs = Date.UTC(2023, 9, 15)
const [december, january, march] = [11, 12, 14].map((month) => Date.UTC(2023, month))

export interface MonthsPlace {
  /** Whether to ask all that is asked of any log, too. */
  readonly all: boolean
  /** A store that was cut at `cutAtMs`, empty. */
  readonly cut: () => Promise<Store>
  /** Opens the same place twice, not cut. */
  readonly two: () => Promise<[Store, Store]>
  /** The parts of a table of the store opened last, and how many rows each has. */
  readonly parts: (table: string) => Promise<Record<string, number>>
}

export function monthsSuite(name: string, { all, cut, two, parts }: MonthsPlace): void {
  describe(name, () => {
    let store: Store
    beforeEach(async () => {
      store = await cut()
    })
    afterEach(() => store.close())

    if (all) for (const suite of [eventSuite, exposureSuite, importSuite, peopleSuite]) suite(() => store)

    it('drops what is too old by whole months, and says how much and of whom', async () => {
      const at = (number: number, timeMs: number) => event(number, { timeMs, userId: user(`u${number}`) })
      await store.events.append([at(1, 5), at(2, cutAtMs + 20 * dayMs), at(3, december), at(4, december + dayMs)], 1)
      await store.exposures.append([exposure(1, { timeMs: december - 1 }), exposure(2, { timeMs: december })])
      expect(await parts('events')).toEqual({
        events_before: 1,
        events_2023_11: 1,
        events_2023_12: 2,
        events_rest: 0,
      })
      const gone = await store.events.forgetBefore(december + 1)
      expect(gone).toEqual({ rows: 3, userIds: new Set(['u1', 'u2', 'u3']) })
      expect(await parts('events')).toEqual({ events_2023_12: 1, events_rest: 0 })
      expect((await store.exposures.forgetBefore(december)).rows).toBe(1)
      expect(Object.keys(await parts('exposures')).sort()).toEqual(['exposures_2023_12', 'exposures_rest'])
      expect((await collect(store.events.scan({ catalogue: shop }))).map(({ id }) => id)).toEqual([event(4).id])
      // What is older still comes in, and its number is a new one.
      expect([...(await store.events.append([at(1, 5)], 2)).values()]).toEqual([5])
    })

    it('removes row by row what a backup keeps in use', async () => {
      await store.events.append([event(1), event(2, { timeMs: december })], 1)
      await store.snapshot(async (snapshot) => {
        for await (const { rows } of snapshot.pages()) expect(rows.length).toBeGreaterThan(0)
        expect((await store.events.forgetBefore(december)).rows).toBe(1)
      })
      expect(await parts('events')).toMatchObject({ events_2023_11: 0, events_2023_12: 1 })
      expect(await store.events.forgetBefore(december)).toEqual({ rows: 0, userIds: new Set() })
      expect(await parts('events')).toEqual({ events_2023_12: 1, events_rest: 0 })
    })

    it('makes the months to come, and moves there what was early', async () => {
      const early = [event(1, { timeMs: january }), event(2, { timeMs: march - 1 }), event(3, { timeMs: march })]
      await store.events.append(early, 1)
      expect(await parts('events')).toMatchObject({ events_rest: 3 })
      await Promise.all([store.months.prepare(january), store.months.prepare(january)])
      expect(await parts('events')).toMatchObject({
        events_2024_01: 1,
        events_2024_02: 1,
        events_2024_03: 1,
        events_rest: 0,
      })
      expect((await store.events.append(early, 2)).size).toBe(0)
      expect((await collect(store.events.scan({ catalogue: shop }))).map(({ sequence }) => sequence)).toEqual([1, 2, 3])
    })
  })

  describe(name, () => {
    it('is cut under the hands of replicas that write, once, and keeps every row', async () => {
      const [one, other] = await two()
      await one.events.append(events(300), 1)
      await one.exposures.append([exposure(1), exposure(2)])
      const before = await talliesOf(one)
      let cutting = true
      let written = 300
      const writing = (async () => {
        while (cutting || written < 320) await other.events.append([event(1), event(++written)], 2)
      })()
      expect(await one.months.cut(cutAtMs)).toBe(true)
      cutting = false
      await writing
      expect(await other.months.cut(cutAtMs)).toBe(false)
      expect(await one.events.append(events(written), 3)).toEqual(new Map())
      await one.exposures.append([exposure(2)])
      const log = await collect(other.events.scan({ catalogue: shop }))
      expect(log.map(({ id }) => id)).toEqual(events(written).map(({ id }) => id))
      expect((await other.events.append([event(9_999)], 4)).get(event(9_999).id)).toBeGreaterThan(written)
      const after = await talliesOf(one)
      expect(Object.keys(after)).toEqual(Object.keys(before))
      expect(after.exposures).toEqual(before.exposures)
      expect(await one.events.ofUser(shop, user('user 1'), 5)).toHaveLength(5)
      await one.close()
      await other.close()
    })
  })
}
