import { describe, expect, it } from 'vitest'
import { dayMs, minuteMs } from '../base/clock.ts'
import { defaultConfig } from '../base/config.ts'
import type { CatalogueId } from '../domain/ids.ts'
import { parseInsights } from './parse-insights.ts'

const nowMs = Date.UTC(2026, 0, 1)
const context = { nowMs, config: defaultConfig().preprocess, catalogue: 'products' as CatalogueId }
const view = {
  eventType: 'view',
  eventName: 'Seen',
  index: 'shop',
  userToken: 'ann',
  objectIDs: ['a'],
  timestamp: nowMs,
}
const parse = (...events: unknown[]) => parseInsights({ events }, context)

describe('an event of a stock client', () => {
  it('is one event for each object, with its position and search', () => {
    const queryID = 'a'.repeat(32)
    const { events } = parse({ ...view, eventType: 'click', objectIDs: ['a', 'b'], positions: [3, 4], queryID })
    expect(events.map(({ id: _, ...rest }) => rest)).toEqual(
      ['a', 'b'].map((itemId, at) => ({
        catalogue: 'shop',
        type: 'click',
        userId: 'ann',
        timeMs: nowMs,
        itemId,
        query: null,
        queryId: queryID,
        position: 3 + at,
        quantity: 1,
        priceMinor: null,
        rating: null,
        orderId: null,
        name: 'Seen',
      })),
    )
  })

  it('of a purchase has the price, pieces and search of each object, and its order', () => {
    const { events } = parse({
      ...view,
      eventType: 'conversion',
      eventSubtype: 'purchase',
      objectIDs: ['a', 'b'],
      objectData: [{ price: 19.99, quantity: 2, discount: 1, queryID: 'q1' }, { price: '5' }],
      queryID: 'q0',
      value: 44.98,
      currency: 'EUR',
      orderID: 1001,
    })
    expect(events).toMatchObject([
      { type: 'purchase', priceMinor: 1999, quantity: 2, queryId: 'q1', orderId: '1001' },
      { type: 'purchase', priceMinor: 500, quantity: 1, queryId: 'q0', orderId: '1001' },
    ])
  })

  it('that names only a value has the price of a piece where it is about one object', () => {
    const bought = { ...view, eventType: 'conversion', eventSubtype: 'purchase', value: 30, quantity: 3 }
    expect(parse(bought).events).toMatchObject([{ priceMinor: 1000, quantity: 3 }])
    expect(parse({ ...bought, objectIDs: ['a', 'b'] }).events).toMatchObject([
      { priceMinor: null },
      { priceMinor: null },
    ])
  })

  it('belongs to who is signed in, else to the visitor; without index or time to this shop and now', () => {
    expect(parse({ ...view, authenticatedUserToken: 'ann@home' }).events[0].userId).toBe('ann@home')
    const { index: _, timestamp: __, ...bare } = view
    expect(parse(bare).events[0]).toMatchObject({ userId: 'ann', catalogue: 'products', timeMs: nowMs })
  })

  it('about filters names them and no item; a start event is ignored; unknown keys are accepted', () => {
    const { objectIDs: _, ...about } = view
    expect(parse({ ...about, filters: ['brand:Acme'] }).events).toMatchObject([
      { itemId: null, name: 'Seen (brand:Acme)' },
    ])
    expect(parse({ eventType: 'instantsearch' }, { ...view, somethingNew: { deep: [] } })).toMatchObject({
      ignored: 1,
      events: [{ itemId: 'a' }],
    })
  })

  it('that a page sends by itself for a list it shows teaches nothing; a click on such a list does', () => {
    const byItself = { algoliaSource: ['instantsearch', 'instantsearch-internal'] }
    expect(parse({ ...view, ...byItself })).toEqual({ events: [], logins: [], rejected: [], ignored: 1 })
    expect(parse({ ...view, algoliaSource: ['instantsearch'] }).events).toHaveLength(1)
    expect(parse({ ...view, ...byItself, eventType: 'click' }).events).toHaveLength(1)
  })

  it('of our own kinds is a search, a cart or a return', () => {
    const { objectIDs: _, ...about } = view
    expect(parse({ ...about, eventType: 'search', query: 'rain boots' }).events).toMatchObject([
      { type: 'search', query: 'rain boots', itemId: null },
    ])
    for (const eventSubtype of ['addToCart', 'return']) {
      expect(parse({ ...view, eventType: 'conversion', eventSubtype }).events[0].type).toBe(eventSubtype)
    }
    expect(parse({ ...view, eventType: 'conversion' }).events[0].type).toBe('conversion')
  })

  it('sent again is the same event, and another in any detail is another', () => {
    const id = (event: object) => parse(event).events[0].id
    expect(id({ ...view, somethingNew: 1 })).toBe(id(view))
    const bought = { ...view, eventType: 'conversion', eventSubtype: 'purchase' }
    const others = [
      view,
      bought,
      { ...bought, quantity: 2 },
      { ...bought, value: 3 },
      { ...bought, orderID: '7' },
      { ...view, index: 'other' },
      { ...view, userToken: 'bob' },
      { ...view, objectIDs: ['b'] },
      { ...view, timestamp: nowMs - 1 },
      { ...view, queryID: 'q' },
      { ...view, eventType: 'click', positions: [2] },
      { ...view, eventName: 'x' },
    ]
    expect(new Set(others.map(id)).size).toBe(others.length)
  })
})

describe('a time that cannot be', () => {
  it('leaves out that event alone, with the reason', () => {
    const times = [nowMs + 9 * minuteMs, nowMs + 11 * minuteMs, nowMs / 1000, nowMs - 365 * dayMs]
    const { events, rejected } = parse(...times.map((timestamp) => ({ ...view, timestamp })))
    expect(events.map(({ timeMs }) => timeMs)).toEqual([times[0], times[3]])
    expect(rejected).toEqual([
      { index: 1, reason: 'the time is in the future' },
      { index: 2, reason: 'the time is before 1995-01-01 (seconds instead of milliseconds?)' },
    ])
  })
})

describe('a malformed event refuses the request by the path of what is wrong', () => {
  const wrong: readonly (readonly [unknown, string])[] = [
    [{ events: 5 }, 'events: expected a body'],
    [null, 'events: expected a body'],
    [[view], 'events: expected a body'],
    [{ events: [view, 7] }, 'events[1]: expected an object'],
    [{ events: [view, { ...view, eventType: 'smell' }] }, 'events[1].eventType: expected view, click'],
    [
      { events: [{ ...view, eventType: 'conversion', eventSubtype: 'gift' }] },
      'events[0].eventSubtype: expected addToCart',
    ],
    [{ events: [{ ...view, userToken: undefined }] }, 'events[0].userToken: expected a string'],
    [{ events: [{ ...view, userToken: 5 }] }, 'events[0].userToken: expected a string of 1 to 512'],
    [{ events: [{ ...view, userToken: 'x'.repeat(513) }] }, 'events[0].userToken: expected a string of 1 to 512'],
    [{ events: [{ ...view, eventName: '' }] }, 'events[0].eventName: expected a string'],
    [{ events: [{ ...view, objectIDs: undefined }] }, 'events[0].objectIDs: expected an array of strings'],
    [{ events: [{ ...view, objectIDs: [] }] }, 'events[0].objectIDs: expected 1 to 20 strings'],
    [{ events: [{ ...view, objectIDs: Array(21).fill('a') }] }, 'events[0].objectIDs: expected 1 to 20 strings'],
    [{ events: [{ ...view, objectIDs: ['a', 5] }] }, 'events[0].objectIDs[1]: expected a string'],
    [{ events: [{ ...view, positions: [1, 2] }] }, 'events[0].positions: expected an array of 1'],
    [{ events: [{ ...view, positions: [0] }] }, 'events[0].positions[0]: expected a whole number of at least 1'],
    [{ events: [{ ...view, timestamp: 'noon' }] }, 'events[0].timestamp: expected a number'],
    [{ events: [{ ...view, quantity: -1 }] }, 'events[0].quantity: expected a number of at least 0'],
    [{ events: [{ ...view, objectData: [{ price: 'dear' }] }] }, 'events[0].objectData[0].price: expected a number'],
    [{ events: [{ ...view, objectData: [7] }] }, 'events[0].objectData[0]: expected an object'],
    [{ events: [{ ...view, eventType: 'search', query: 5 }] }, 'events[0].query: expected a string'],
    [{ events: Array(1001).fill(view) }, 'at most 1000 events a request, this one has 1001; send them in parts'],
  ]
  for (const [body, message] of wrong) {
    it(message, () => {
      expect(() => parseInsights(body, context)).toThrow(message)
    })
  }

  it('and of many says the first five and how many more there are', () => {
    expect(() => parse(...Array<unknown>(9).fill(null))).toThrow(/events\[4\]: expected an object \(and 4 more\)/)
  })
})
