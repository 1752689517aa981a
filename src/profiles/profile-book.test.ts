import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayMs, hourMs, minuteMs } from '../base/clock.ts'
import { defaultConfig } from '../base/config.ts'
import { createVocabulary } from '../base/vocabulary.ts'
import { eventTypes, type ShopEvent } from '../domain/event.ts'
import type { CatalogueId, ItemId, UserId } from '../domain/ids.ts'
import { type Item, readItem } from '../domain/item.ts'
import type { Behaviour } from '../preprocess/behaviour-log.ts'
import { basketsOfRow, stackBaskets } from '../preprocess/baskets.ts'
import { behaviourAt } from '../preprocess/behaviour-log.ts'
import { buildInteractions } from '../preprocess/build-interactions.ts'
import { cleanLog } from '../preprocess/clean.ts'
import { decayed } from '../preprocess/weights.ts'
import { createProfileBook } from './profile-book.ts'

const config = defaultConfig().preprocess
const start = Date.UTC(2024, 0, 1)
const ann = 'ann' as UserId

const catalogue = new Map<ItemId, Item>(
  Array.from({ length: 40 }, (_, at) =>
    readItem('shop' as CatalogueId, {
      objectID: `i${at}`,
      title: `Gift product ${['boot', 'sandal', 'lamp', 'vase'][at % 4]} ${at}`,
      brand: ['Acme', 'Bolt'][at % 2],
      category: at % 4 < 2 ? `Shoes > ${at % 4 === 0 ? 'Boots' : 'Sandals'}` : 'Home',
      color: ['red', 'blue', 'green'][at % 3],
      price: 10 + at,
    }),
  ).map((item) => [item.id, item]),
)
const open = (changes: Partial<typeof config> = {}) =>
  createProfileBook({ config: { ...config, ...changes }, item: (id) => catalogue.get(id) })

function did(fields: Partial<Omit<Behaviour, 'itemId' | 'userId'>> & { itemId?: string | null; userId?: string }) {
  return {
    userId: ann,
    type: 'view',
    itemId: 'i0',
    timeMs: start,
    quantity: 1,
    priceMinor: 1000,
    position: null,
    query: null,
    queryId: null,
    ...fields,
  } as Behaviour
}

describe('a profile', () => {
  it('is unknown for a stranger and gone once forgotten', () => {
    const book = open()
    expect(book.get(ann)).toBeUndefined()
    book.remember(did({}))
    expect([book.size, book.get(ann)?.eventCount]).toEqual([1, 1])
    book.forget(ann)
    expect([book.size, book.get(ann)]).toEqual([0, undefined])
  })

  it('leans towards the categories, brands, attributes and words of what was done, with evidence', () => {
    const book = open()
    for (let at = 0; at < 40; at++) book.remember(did({ userId: 'other', itemId: `i${at}` }))
    book.remember(did({ itemId: 'i0' }))
    book.remember(did({ itemId: 'i4', type: 'purchase' }))
    const interests = book.get(ann)?.interests(start, 100) ?? []
    const tag = (name: string) => interests.find((each) => each.tag === name)
    expect(tag('category:Shoes > Boots')).toMatchObject({ evidence: 2, kind: 'category' })
    expect(tag('brand:Acme')).toMatchObject({ evidence: 2, kind: 'brand' })
    expect(tag('color:blue')).toMatchObject({ evidence: 1, kind: 'attribute' })
    expect(tag('word:lamp')).toBeUndefined()
    // A word on every label does not drown a telling one.
    expect(tag('word:gift')?.strength).toBeLessThan((tag('word:boot')?.strength ?? 0) / 2)
    expect(interests.map(({ strength }) => strength)).toEqual(
      interests.map(({ strength }) => strength).sort((a, b) => b - a),
    )
  })

  it('halves its interests each half-life and compares by share, whatever the time', () => {
    const book = open({ halfLifeDays: 10 })
    book.remember(did({ itemId: 'i0' }))
    const profile = book.get(ann)
    const now = profile?.interest('brand:Acme', start) ?? 0
    expect(now).toBeGreaterThan(0)
    expect(profile?.interest('brand:Acme', start + 10 * dayMs)).toBeCloseTo(now / 2)
    book.remember(did({ itemId: 'i1', timeMs: start + 10 * dayMs }))
    // What the brands weigh is close to equal, one is a half-life older.
    expect(profile?.share('brand:Bolt')).toBeCloseTo(2 / 3, 1)
    expect(profile?.share('brand:Nobody')).toBe(0)
  })

  it('prefers the item that shares more with what was done', () => {
    const book = open()
    for (const itemId of ['i0', 'i4', 'i8']) book.remember(did({ itemId, type: 'addToCart' }))
    const [boot, vase] = [catalogue.get('i12' as ItemId), catalogue.get('i3' as ItemId)] as [Item, Item]
    const profile = book.get(ann)
    expect(profile?.interestIn(boot, start)).toBeGreaterThan(profile?.interestIn(vase, start) ?? 9)
    expect(profile?.sessionInterestIn(boot, start)).toBeGreaterThan(0)
    expect(profile?.sessionInterestIn(boot, start + hourMs)).toBe(0)
  })

  it('takes back the taste for goods that came back, and no more', () => {
    const book = open({ weights: { ...config.weights, view: 0 } })
    book.remember(did({ type: 'purchase', quantity: 4 }))
    const full = book.get(ann)?.interest('brand:Acme', start) ?? 0
    book.remember(did({ type: 'return', quantity: 1, timeMs: start + hourMs }))
    expect((book.get(ann)?.interest('brand:Acme', start) ?? 0) / full).toBeCloseTo(0.75, 2)
    expect(book.get(ann)?.history).toMatchObject([{ weight: 3.75, purchases: 0.75, pieces: 3 }])
    book.remember(did({ type: 'return', quantity: 3, timeMs: start + hourMs }))
    expect(book.get(ann)?.interest('brand:Acme', start)).toBeCloseTo(0)
    book.remember(did({ type: 'return', quantity: 9, timeMs: start + hourMs }))
    expect(book.get(ann)?.history[0].weight).toBeCloseTo(0)
  })

  it('knows the present visit, and that it ended', () => {
    const book = open()
    for (const [at, itemId] of ['i1', 'i2', 'i1'].entries())
      book.remember(did({ itemId, timeMs: start + at * minuteMs }))
    const profile = book.get(ann)
    expect(profile?.session(start + 3 * minuteMs)).toEqual(['i2', 'i1'])
    expect(profile?.session(start + 32 * minuteMs)).toEqual([])
    book.remember(did({ itemId: 'i9', timeMs: start + 40 * minuteMs }))
    expect(profile?.session(start + 40 * minuteMs)).toEqual(['i9'])
    expect(profile).toMatchObject({ visits: 2, visitsMs: 2 * minuteMs, activeDays: 1 })
  })

  it('keeps its memory bounded and the latest first in mind', () => {
    const book = open()
    for (let at = 0; at < 700; at++) {
      book.remember(did({ itemId: `x${at}`, timeMs: start + at }))
      book.remember(did({ type: 'search', itemId: null, query: `words ${at}`, timeMs: start + at }))
    }
    const profile = book.get(ann)
    expect(profile?.history).toHaveLength(500)
    expect(profile?.history.at(-1)?.itemId).toBe('x699')
    expect(profile?.searches).toHaveLength(50)
    expect(profile?.searches.at(-1)?.query).toBe('words 699')
    expect(profile?.session(start + 700)).toHaveLength(50)
  })

  it('measures how purchases come about', () => {
    const book = open()
    book.remember(did({}))
    book.remember(did({ type: 'purchase', timeMs: start + 2 * dayMs }))
    book.remember(did({ type: 'purchase', itemId: 'i5', timeMs: start + 2 * dayMs + minuteMs }))
    book.remember(did({ type: 'purchase', timeMs: start + 9 * dayMs }))
    const profile = book.get(ann)
    expect(profile?.daysToPurchase).toEqual([2])
    expect(profile?.purchaseOccasions).toBe(2)
    expect(profile?.daysBetweenPurchases[0]).toBeCloseTo(7, 2)
    expect(profile?.entry('i0' as ItemId)).toMatchObject({ purchases: 2, lastPurchaseMs: start + 9 * dayMs })
  })

  it('keeps history in order of time when events come late', () => {
    const book = open()
    book.remember(did({ itemId: 'i1', timeMs: start + dayMs }))
    book.remember(did({ itemId: 'i2', timeMs: start }))
    const profile = book.get(ann)
    expect(profile?.history.map(({ itemId }) => itemId)).toEqual(['i2', 'i1'])
    expect(profile?.session(start + dayMs)).toEqual(['i1'])
  })

  it('places prices within their category', () => {
    const book = open()
    for (let at = 0; at < 40; at++) book.remember(did({ itemId: `i${at}`, userId: 'other' }))
    for (let at = 30; at < 40; at++) book.remember(did({ itemId: `i${at}` }))
    const cheap = book.priceBand(catalogue.get('i0' as ItemId) as Item) ?? 0
    expect(cheap).toBeLessThan(-0.3)
    expect(book.get(ann)?.priceBand.mean).toBeGreaterThan(0.2)
    expect(book.priceBand(readItem('shop' as CatalogueId, { objectID: 'new' }))).toBeNull()
  })
})

describe('history and the table models learn from', () => {
  it('say the same of the same shopper: items, order of strength, values and baskets', async () => {
    const step = fc.record({
      type: fc.constantFrom(...eventTypes),
      item: fc.integer({ min: 0, max: 6 }),
      user: fc.integer({ min: 0, max: 2 }),
      pause: fc.constantFrom(5, 60, 5000, 90_000),
      quantity: fc.integer({ min: 1, max: 3 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        let timeMs = start
        const events = steps.map(({ type, item, user, pause, quantity }) => {
          timeMs += pause * 1000
          const search = type === 'search'
          const base = { queryId: null, position: null, rating: null, orderId: null, name: '', priceMinor: null }
          const subject = { itemId: search ? null : `i${item}`, query: search ? 'tea' : null }
          return { ...base, ...subject, type, userId: `u${user}`, timeMs, quantity } as unknown as ShopEvent
        })
        const asOfMs = timeMs + 3 * dayMs
        async function* stream() {
          yield events
        }
        const { log } = await cleanLog(stream(), { config, nowMs: asOfMs, item: (id) => catalogue.get(id) })
        const book = open()
        for (let at = 0; at < log.length; at++) book.remember(behaviourAt(log, at))
        const items = createVocabulary([...catalogue.keys()].reverse())
        const { weights, halfLifeDays } = config
        const built = buildInteractions(log, {
          rows: 'users',
          items,
          asOfMs,
          weights,
          halfLifeDays,
          keepEmptyRows: true,
        })
        const { pointers, columns, values } = built.interactions.matrix
        const bought = buildInteractions(log, {
          rows: 'users',
          items,
          asOfMs,
          weights,
          halfLifeDays,
          keepEmptyRows: true,
          types: ['purchase', 'return'],
          basketGapMs: config.sessionGapMinutes * minuteMs,
        })
        for (let user = 0; user < log.users.size; user++) {
          const expected = (book.get(log.users.idOf(user))?.history ?? [])
            .filter(({ weight }) => weight > 0)
            .map(({ itemId, weight, lastMs }) => ({
              column: items.indexOf(itemId),
              value: Math.fround(decayed(weight, (asOfMs - lastMs) / dayMs, halfLifeDays)),
            }))
            .sort((one, other) => one.column - other.column)
          const range = [pointers[user], pointers[user + 1]] as const
          expect([...columns.subarray(...range)]).toEqual(expected.map(({ column }) => column))
          expect([...values.subarray(...range)]).toEqual(expected.map(({ value }) => value))
          const profile = book.get(log.users.idOf(user))
          const kept = (profile?.baskets ?? []).map(({ items: all, lastMs }) => ({
            items: all.filter((id) => (profile?.entry(id)?.purchases ?? 0) > 0).map((id) => items.indexOf(id)),
            ageDays: (asOfMs - lastMs) / dayMs,
          }))
          const live = stackBaskets([kept.filter(({ items: left }) => left.length > 0)])
          const { rows: _, ...list } = live
          expect(basketsOfRow(bought.interactions.baskets ?? live, user)).toEqual(list)
        }
      }),
    )
  })
})
