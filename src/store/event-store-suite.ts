/** What every database must keep of what happened. */
import { describe, expect, it } from 'vitest'
import { type Purpose, purposeBit, purposes } from '../domain/consent.ts'
import { type EventType, eventTypes, type ShopEvent } from '../domain/event.ts'
import type { EventId, QueryId } from '../domain/ids.ts'
import { collect, hardTexts, item, other, shop } from './catalogue-store-suite.ts'
import { exposure, user } from './exposure-store-suite.ts'
import type { Store } from './store.ts'

export function event(number: number, changes: Partial<ShopEvent> = {}): ShopEvent {
  return {
    id: number.toString(16).padStart(32, '0') as EventId,
    catalogue: shop,
    type: 'view',
    userId: user(`user ${number % 7}`),
    timeMs: 1_700_000_000_000 + number,
    itemId: item(`item ${number % 11}`),
    query: null,
    queryId: null,
    position: null,
    quantity: 1,
    priceMinor: null,
    rating: null,
    orderId: null,
    name: 'Product viewed',
    ...changes,
  }
}

export const events = (count: number, changes: Partial<ShopEvent> = {}) =>
  Array.from({ length: count }, (_, number) => event(number + 1, changes))

/** What no database may accept: a time that is no number stands for any failure in the middle of a batch. */
export const broken = event(999_999, { timeMs: Number.NaN })

export function eventSuite(store: () => Store): void {
  describe('events', () => {
    const scanned = async (filter: object = {}) => collect(store().events.scan({ catalogue: shop, ...filter }))

    it('are told newest first, by when they were accepted, for who looks at what comes in', async () => {
      await store().events.append([event(3), event(1)], 1)
      await store().events.append([event(2, { timeMs: 5 }), event(4, { catalogue: other })], 2)
      const latest = await store().events.latest(shop, 2)
      expect(latest.map(({ id }) => id)).toEqual([event(2).id, event(1).id])
      expect(await store().events.latest(shop, 9)).toHaveLength(3)
    })

    it('tell in which catalogues a shopper has left anything', async () => {
      const [ann, nobody] = [user('ann'), user('nobody')]
      await store().events.append([event(1, { userId: ann }), event(2, { userId: ann }), event(3)], 1)
      await store().exposures.append([exposure(1, { userId: ann }), exposure(2, { userId: ann, catalogue: other })])
      expect(await store().events.cataloguesOf(ann)).toEqual([other, shop].sort())
      expect(await store().events.cataloguesOf(nobody)).toEqual([])
      await store().people.erase([ann])
      expect(await store().events.cataloguesOf(ann)).toEqual([])
    })

    it('are given back whole, in the order of acceptance', async () => {
      const log: ShopEvent[] = [
        ...eventTypes.map((type, number) => event(number + 1, { type, timeMs: 1_700_000_000_000 - number })),
        event(50, {
          itemId: null,
          query: 'red 鞋 boots',
          queryId: 'f'.repeat(32) as QueryId,
          position: 3,
          quantity: -2.5,
          priceMinor: 12_345_678_901,
          rating: 4.5,
          orderId: 'C536379',
          timeMs: -1,
        }),
      ]
      expect([...(await store().events.append(log, 1)).keys()].sort()).toEqual(log.map((each) => each.id).sort())
      const stored = await scanned()
      expect(stored.map(({ sequence: _, ...rest }) => rest)).toEqual(log)
      expect(stored.map((each) => each.sequence)).toEqual(
        [...stored.map((each) => each.sequence)].sort((a, b) => a - b),
      )
    })

    it('are written once, however often and in whatever company they come', async () => {
      const { events: log } = store()
      const batch = events(1_000)
      expect((await log.append([...batch, ...batch], 1)).size).toBe(1_000)
      expect((await log.append(batch, 2)).size).toBe(0)
      const changed = event(1, { type: 'purchase' })
      expect([...(await log.append([changed, event(1_001)], 3)).keys()]).toEqual([event(1_001).id])
      const stored = await scanned()
      expect(stored).toHaveLength(1_001)
      expect(stored[0].type).toBe('view')
      expect(await log.append([], 4)).toEqual(new Map())
    })

    it('are written by one caller only when several send the same at once', async () => {
      const batch = events(500)
      const written = await Promise.all([1, 2, 3, 4].map(() => store().events.append(batch, 1)))
      expect(written.map((ids) => ids.size).sort()).toEqual([0, 0, 0, 500])
      expect(await scanned()).toHaveLength(500)
    })

    it('leave nothing of a batch that fails, and the next batch is not disturbed', async () => {
      const { events: log } = store()
      await expect(log.append([...events(700), broken], 1)).rejects.toThrow()
      expect(await scanned()).toEqual([])
      expect((await log.append(events(700), 1)).size).toBe(700)
    })

    it('are found after a sequence and between times, the first included and the last not', async () => {
      const { events: log } = store()
      await log.append([...events(20), event(100, { catalogue: other })], 1)
      const stored = await scanned()
      expect(await scanned({ afterSequence: stored[14].sequence })).toEqual(stored.slice(15))
      expect(await scanned({ afterSequence: stored[19].sequence + 100 })).toEqual([])
      expect(await scanned({ fromMs: stored[3].timeMs, untilMs: stored[6].timeMs })).toEqual(stored.slice(3, 6))
    })

    it('are scanned whole while the log is long and still being written', async () => {
      const { events: log } = store()
      for (let round = 0; round < 6; round++) {
        await log.append(
          Array.from({ length: 2_000 }, (_, number) =>
            event(round * 2_000 + number + 1, { catalogue: round % 2 ? other : shop }),
          ),
          1,
        )
      }
      const seen: number[] = []
      let batches = 0
      for await (const batch of log.scan({ catalogue: shop })) {
        expect(batch.length).toBeLessThanOrEqual(10_000)
        seen.push(...batch.map((each) => each.sequence))
        await log.append([event(20_000 + batches++)], 1)
      }
      expect(batches).toBeGreaterThan(1)
      expect(seen).toHaveLength(6_000)
      expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b))
    })

    it("give a shopper's latest first, by time and then by acceptance", async () => {
      const { events: log } = store()
      const ann = user('Ann')
      const times = [30, 10, 20, 20, 40]
      await log.append(
        times.map((timeMs, number) => event(number + 1, { userId: ann, timeMs })),
        1,
      )
      await log.append([event(10, { userId: user('Bob') }), event(11, { userId: ann, catalogue: other })], 1)
      const latest = await log.ofUser(shop, ann, 4)
      expect(latest.map((each) => Number.parseInt(each.id, 16))).toEqual([5, 1, 4, 3])
      expect(await log.ofUser(shop, user('nobody'), 10)).toEqual([])
      expect(await log.ofUser(shop, ann, 0)).toEqual([])
    })

    it('are counted by type, with shoppers and the edges of the log', async () => {
      const { events: log } = store()
      const empty = Object.fromEntries(eventTypes.map((type) => [type, 0])) as Record<EventType, number>
      expect(await log.counts(shop)).toEqual({ byType: empty, users: 0, firstMs: null, lastMs: null, lastSequence: 0 })
      await log.append(
        [
          event(1, { timeMs: 500, userId: user('a') }),
          event(2, { timeMs: 100, userId: user('a') }),
          event(3, { timeMs: 300, userId: user('b'), type: 'purchase' }),
          event(4, { timeMs: 1, userId: user('c'), catalogue: other }),
        ],
        1,
      )
      expect(await log.counts(shop)).toEqual({
        byType: { ...empty, view: 2, purchase: 1 },
        users: 2,
        firstMs: 100,
        lastMs: 500,
        lastSequence: (await scanned()).at(-1)?.sequence,
      })
    })

    it('that must not serve a purpose are left out of what is read for it', async () => {
      const { events: log, exposures } = store()
      const [, personalization, training] = purposes.map(purposeBit)
      await log.append(
        [event(1), event(2, { refused: training }), event(3, { refused: training | personalization })],
        1,
      )
      expect((await scanned()).map(({ refused }) => refused)).toEqual([undefined, training, training | personalization])
      const numbers = async (purpose: Purpose) => (await scanned({ purpose })).map(({ id }) => Number.parseInt(id, 16))
      expect(await numbers('analytics')).toEqual([1, 2, 3])
      expect(await numbers('personalization')).toEqual([1, 2])
      expect(await numbers('training')).toEqual([1])
      await exposures.append([exposure(1, { query: 'a' }), exposure(2, { query: 'b', refused: training })])
      expect(await collect(exposures.scan(shop, 0, Number.MAX_SAFE_INTEGER))).toHaveLength(2)
      expect(await collect(exposures.scan(shop, 0, Number.MAX_SAFE_INTEGER, 'training'))).toEqual([
        exposure(1, { query: 'a' }),
      ])
      expect(await exposures.searches(shop, 9)).toHaveLength(1)
    })

    it('and exposures are forgotten before a time, in every catalogue, with word of whose they were', async () => {
      const { events: log, exposures } = store()
      const old = [
        event(1, { timeMs: 5, userId: user('a') }),
        event(2, { timeMs: 9, catalogue: other, userId: user('b') }),
      ]
      await log.append([...old, event(3, { timeMs: 10 })], 1)
      expect(await log.forgetBefore(10)).toEqual({ rows: 2, userIds: new Set([user('a'), user('b')]) })
      expect(await log.forgetBefore(10)).toEqual({ rows: 0, userIds: new Set() })
      expect((await scanned()).map(({ id }) => id)).toEqual([event(3).id])
      const many = Array.from({ length: 6_000 }, (_, at) =>
        exposure(at, { timeMs: 5, userId: null, ...(at % 2 ? { catalogue: other } : {}) }),
      )
      await exposures.append([
        ...many,
        exposure(9_000, { timeMs: 1, userId: user('c') }),
        exposure(9_001, { timeMs: 10 }),
      ])
      expect(await exposures.forgetBefore(10)).toEqual({ rows: 6_001, userIds: new Set([user('c')]) })
      expect(await collect(exposures.scan(shop, 0, 100))).toEqual([exposure(9_001, { timeMs: 10 })])
    })

    it('stay when their catalogue is dropped', async () => {
      const { events: log, catalogues } = store()
      await catalogues.apply(shop, [], 1)
      await log.append(events(3), 1)
      await catalogues.drop(shop)
      expect(await scanned()).toHaveLength(3)
    })

    it('give back any text exactly', async () => {
      const { events: log } = store()
      const texts = hardTexts.map((text, number) =>
        event(number + 1, { userId: user(text), itemId: item(text), query: text, orderId: text, name: text }),
      )
      await log.append(texts, 1)
      expect((await scanned()).map(({ sequence: _, ...rest }) => rest)).toEqual(texts)
      for (const [number, text] of hardTexts.entries()) {
        expect(await log.ofUser(shop, user(text), 10)).toMatchObject([{ id: texts[number].id }])
      }
    })

    it('of a shopper who asks to be forgotten are gone, with the exposures, and no sequence is used again', async () => {
      const { events: log, exposures } = store()
      const ann = user('Ann')
      await log.append([event(1), event(2, { userId: ann }), event(3, { userId: ann, catalogue: other })], 1)
      await exposures.append([exposure(1, { userId: ann }), exposure(2), exposure(3, { userId: null })])
      const last = (await collect(log.scan({ catalogue: other })))[0].sequence
      expect(await store().people.erase([ann])).toMatchObject({ removed: { events: 2, exposures: 1 } })
      expect(await store().people.erase([ann])).toMatchObject({ removed: { events: 0, exposures: 0 } })
      expect(await log.ofUser(shop, ann, 10)).toEqual([])
      expect(await exposures.get(exposure(1).queryId)).toBeNull()
      expect(await exposures.get(exposure(3).queryId)).not.toBeNull()
      expect((await scanned()).map((each) => each.id)).toEqual([event(1).id])
      await log.append([event(2, { userId: ann })], 1)
      expect((await scanned({ afterSequence: last })).map((each) => each.id)).toEqual([event(2).id])
    })
  })
}
