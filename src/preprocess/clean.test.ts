import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayMs, hourMs, minuteMs } from '../base/clock.ts'
import { defaultConfig } from '../base/config.ts'
import { type EventType, eventTypes, type ShopEvent } from '../domain/event.ts'
import type { CatalogueId, EventId, ItemId } from '../domain/ids.ts'
import { readItem } from '../domain/item.ts'
import { behaviourAt } from './behaviour-log.ts'
import { cleanEvent, cleanLog } from './clean.ts'
import { describeQuality } from './quality-report.ts'

const config = defaultConfig().preprocess
const nowMs = Date.UTC(2024, 5, 1)
const lamp = readItem('shop' as CatalogueId, { objectID: 'lamp', price: 12.5 })
const context = { config, nowMs, item: (id: ItemId) => (id === lamp.id ? lamp : undefined) }

function event(fields: Partial<Omit<ShopEvent, 'userId' | 'itemId'>> & { userId?: string; itemId?: string | null }) {
  return {
    id: '' as EventId,
    catalogue: 'shop' as CatalogueId,
    type: 'view',
    userId: 'ann',
    timeMs: nowMs - dayMs,
    itemId: fields.type === 'search' ? null : 'cup',
    query: null,
    queryId: null,
    position: null,
    quantity: 1,
    priceMinor: 100,
    rating: null,
    orderId: null,
    name: '',
    ...fields,
  } as ShopEvent
}

async function* stream(events: readonly ShopEvent[]) {
  for (let at = 0; at < events.length; at += 1000) yield events.slice(at, at + 1000)
}

async function clean(events: readonly ShopEvent[], changes: Partial<typeof config> = {}) {
  const { log, report } = await cleanLog(stream(events), { ...context, config: { ...config, ...changes } })
  const rules = Object.fromEntries(report.rules.filter(({ rows }) => rows > 0).map(({ name, rows }) => [name, rows]))
  return { log, report, rules, rows: Array.from({ length: log.length }, (_, at) => behaviourAt(log, at)) }
}

/** `count` events, one every `everyMs`. */
function run(count: number, everyMs: number, fields: (at: number) => Parameters<typeof event>[0]) {
  return Array.from({ length: count }, (_, at) => event({ timeMs: nowMs - dayMs + at * everyMs, ...fields(at) }))
}

describe('rules of single events', () => {
  it('drop what has no shopper, no subject or an impossible time, and say how many', async () => {
    const { log, rules } = await clean([
      event({}),
      event({ userId: ' ' }),
      event({ itemId: null }),
      event({ type: 'search', query: '  ' }),
      event({ type: 'buys' as EventType }),
      event({ timeMs: nowMs + dayMs }),
      event({ timeMs: 0 }),
      event({ timeMs: Number.NaN }),
    ])
    expect(log.length).toBe(1)
    expect(rules).toEqual({ malformed: 4, 'impossible-time': 3 })
  })

  it('turn negative quantities and cancellations of what was bought into returns', async () => {
    const { rules, rows } = await clean([
      event({ type: 'purchase', quantity: 3, orderId: '1' }),
      event({ type: 'purchase', quantity: -2, orderId: 'C1', timeMs: nowMs - hourMs }),
      event({ type: 'purchase', quantity: 1, name: 'Order Cancelled', timeMs: nowMs - minuteMs }),
    ])
    expect(rows.map(({ type, quantity }) => [type, quantity])).toEqual([
      ['purchase', 3],
      ['return', 2],
      ['return', 1],
    ])
    expect(rules).toEqual({ 'negative-quantity': 1, cancelled: 1 })
  })

  it('fill quantities and prices, from the catalogue first and else with the median in the log', async () => {
    const { rules, rows } = await clean([
      event({ itemId: 'lamp', priceMinor: null, quantity: 0 }),
      event({ itemId: 'cup', priceMinor: 100, userId: 'bob' }),
      event({ itemId: 'cup', priceMinor: 300, userId: 'cid' }),
      event({ itemId: 'cup', priceMinor: -5, userId: 'dan' }),
      event({ itemId: 'jug', priceMinor: null }),
    ])
    expect(rows.map(({ priceMinor, quantity }) => [priceMinor, quantity])).toEqual([
      [1250, 1],
      [100, 1],
      [300, 1],
      [200, 1],
      [null, 1],
    ])
    expect(rules).toEqual({
      'missing-quantity': 1,
      'price-from-catalogue': 1,
      'impossible-price': 1,
      'price-from-log': 1,
    })
  })

  it('do live to one event what they do to the log', async () => {
    const anyEvent = fc.record({
      type: fc.constantFrom(...eventTypes.filter((type) => type !== 'return'), 'odd' as EventType),
      itemId: fc.constantFrom('lamp', 'cup', '', null),
      query: fc.constantFrom('red cup', '', null),
      timeMs: fc.constantFrom(nowMs, nowMs + hourMs, 5, Number.NaN),
      quantity: fc.constantFrom(1, 0, 4, Number.NaN),
      priceMinor: fc.constantFrom(1250, -1, null),
      position: fc.constantFrom(3, null),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(anyEvent, { maxLength: 20 }), async (all) => {
        // One shopper an event: no rule of shoppers has anything to say. Cups always have the same price.
        const events = all.map((fields, at) => event({ ...fields, userId: `user ${at}` }))
        const live = events.flatMap((each) => cleanEvent(each, context) ?? [])
        const known = (row: { itemId: ItemId | null; priceMinor: number | null }) =>
          row.itemId === 'cup' ? { ...row, priceMinor: 0 } : row
        expect((await clean(events)).rows.map(known)).toEqual(live.sort((a, b) => a.timeMs - b.timeMs).map(known))
      }),
    )
  })
})

describe('rules of shoppers', () => {
  it('take repeats within seconds for one event, and nothing else', async () => {
    const { rules, log } = await clean([
      ...run(4, 1500, () => ({})),
      ...run(2, 3000, () => ({ itemId: 'jug' })),
      ...run(2, 1000, () => ({ type: 'view', userId: 'bob' })),
      ...run(2, 1000, (at) => ({ type: 'search', query: at === 0 ? 'tea' : 'teapot' })),
      ...run(2, 0, (at) => ({ type: 'purchase', orderId: '7', quantity: at + 1 })),
      ...run(2, 0, (at) => ({ type: 'purchase', orderId: '8', quantity: 9, priceMinor: 100 + at })),
      ...run(2, 0, (at) => ({ type: 'return', orderId: `C${at}` })),
    ])
    expect(rules).toEqual({ repeat: 4 })
    expect(log.length).toBe(12)
  })

  it('drop robots whole, by pace or by looking without ever acting', async () => {
    const { rules, log } = await clean(
      [
        ...run(30, minuteMs, (at) => ({ userId: 'fast', itemId: `i${at}`, type: at % 2 === 0 ? 'view' : 'click' })),
        ...run(15, 2 * hourMs, (at) => ({
          userId: 'looker',
          itemId: `i${at}`,
          timeMs: nowMs - 9 * dayMs + (at * dayMs) / 2,
        })),
        ...run(15, hourMs, (at) => ({ userId: 'ann', itemId: `i${at}` })),
        event({ userId: 'ann', type: 'addToCart' }),
      ],
      { robotEventsPerDay: 20, robotViewsWithoutAct: 14 },
    )
    expect(rules).toEqual({ 'robot-by-pace': 30, 'robot-by-views': 15 })
    expect(log.users.ids()).toEqual(['ann'])
  })

  it('keep everyone where the log holds nothing but views', async () => {
    const { log } = await clean(
      run(30, hourMs / 2, (at) => ({ itemId: `i${at}` })),
      { robotViewsWithoutAct: 10 },
    )
    expect(log.length).toBe(30)
  })

  it('cut floods of page events to the minute’s limit, but no order, however long', async () => {
    const { rules, log } = await clean([
      ...run(100, 100, (at) => ({ itemId: `i${at}` })),
      ...run(300, 0, (at) => ({ userId: 'bob', type: 'purchase', orderId: '1', itemId: `i${at}` })),
      ...run(300, 100, (at) => ({ userId: 'cid', type: 'view', rating: 4, itemId: `i${at}` })),
    ])
    expect(rules).toEqual({ flood: 40 })
    expect(log.length).toBe(660)
  })

  it('drop returns of what was not bought before', async () => {
    const { rules, rows } = await clean([
      event({ type: 'return', timeMs: nowMs - 5 * dayMs }),
      event({ type: 'purchase', timeMs: nowMs - 4 * dayMs }),
      event({ type: 'return', timeMs: nowMs - 3 * dayMs }),
      event({ type: 'return', timeMs: nowMs - 2 * dayMs }),
    ])
    expect(rows.map(({ type }) => type)).toEqual(['purchase', 'return'])
    expect(rules).toEqual({ 'return-without-purchase': 2 })
  })

  it('tell of clicks without a view where the log has views', async () => {
    const { rules, log } = await clean([event({}), event({ type: 'click', itemId: 'jug' })])
    expect(rules).toEqual({ 'click-without-view': 1 })
    expect(log.length).toBe(2)
    expect((await clean([event({ type: 'click' })])).rules).toEqual({})
  })
})

describe('the cleaned log', () => {
  it('is in order of time whatever the order of acceptance, with visits and baskets numbered', async () => {
    const at = (minutes: number, fields: Parameters<typeof event>[0]) =>
      event({ ...fields, timeMs: nowMs - dayMs + minutes * minuteMs })
    const { log, rows } = await clean([
      at(90, { type: 'purchase', itemId: 'd' }),
      at(0, { itemId: 'a' }),
      at(10, { itemId: 'b', type: 'purchase' }),
      at(11, { itemId: 'c', type: 'purchase' }),
      at(5, { userId: 'bob', type: 'purchase', orderId: '1', itemId: 'a' }),
      at(60, { userId: 'bob', type: 'purchase', orderId: '1', itemId: 'b' }),
      at(40, { type: 'search', query: 'tea' }),
    ])
    expect(rows.map(({ itemId }) => itemId)).toEqual(['a', 'a', 'b', 'c', null, 'b', 'd'])
    expect([...log.session]).toEqual([0, 1, 0, 0, 0, 2, 3])
    expect([...log.order]).toEqual([-1, 0, 1, 1, -1, 0, 2])
    expect(rows[4].query).toBe('tea')
  })

  it('leaves out products with fewer events than asked for', async () => {
    const { log, rules } = await clean([event({}), event({ userId: 'bob' }), event({ itemId: 'jug' })], {
      minimumEventsPerItem: 2,
    })
    expect(log.items.ids()).toEqual(['cup'])
    expect(rules).toEqual({ 'rare-product': 1 })
  })

  it('comes out empty from an empty log', async () => {
    const { log, report } = await clean([])
    expect(log.length).toBe(0)
    expect(describeQuality(report)).toContain('0 kept of 0 read')
  })
})

describe('the quality report', () => {
  it('adds up, is plain JSON and names no shopper', async () => {
    const { report, log } = await clean([
      ...run(50, hourMs / 60, (at) => ({ userId: `secret-${at % 5}`, itemId: `i${at % 10}`, priceMinor: null })),
      event({ userId: 'secret-9', type: 'purchase', orderId: 'A', quantity: 3, priceMinor: 250 }),
      event({ userId: 'secret-9', timeMs: 1 }),
      event({ userId: 'secret-9', type: 'purchase', itemId: 'lamp', priceMinor: null }),
    ])
    const dropped = report.rules.reduce((sum, { effect, rows }) => sum + (effect === 'dropped' ? rows : 0), 0)
    expect(report.rowsRead - dropped).toBe(log.length)
    expect(report.byType).toMatchObject({ view: 50, purchase: 2 })
    expect(report).toMatchObject({ users: 6, items: 12, itemsWithoutRecord: 11 })
    expect(report.density).toBeCloseTo(12 / 72)
    expect(report.missing).toMatchObject({ price: 0.5, order: 0.5, query: null })
    expect(report.orders).toMatchObject({ count: 2, valueMinor: 750 + 1250 })
    expect(JSON.parse(JSON.stringify(report))).toEqual(report)
    expect(JSON.stringify(report) + describeQuality(report)).not.toContain('secret')
    expect(describeQuality(report)).toContain('impossible-time')
  })

  it('measures how unevenly events fall', async () => {
    const even = await clean(run(40, hourMs / 3, (at) => ({ itemId: `i${at % 20}` })))
    const uneven = await clean(run(40, hourMs / 3, (at) => ({ itemId: `i${Math.max(0, at - 20)}` })))
    expect(even.report.eventsPerItem.gini).toBeCloseTo(0)
    expect(uneven.report.eventsPerItem.gini).toBeGreaterThan(0.4)
    expect(uneven.report.eventsPerItem.largest).toBe(21)
  })
})
