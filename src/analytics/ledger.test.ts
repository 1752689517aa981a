import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hourMs, minuteMs } from '../base/clock.ts'
import type { EventType, ShopEvent } from '../domain/event.ts'
import type { Exposure } from '../domain/exposure.ts'
import type { CatalogueId, GenerationId, ItemId, QueryId, UserId } from '../domain/ids.ts'
import { identify } from '../events/event-id.ts'
import { openSqliteStore } from '../store/sqlite.ts'
import type { Store } from '../store/store.ts'
import { createLedger } from './ledger.ts'
import { overviewOf } from './overview.ts'

const catalogue = 'shop' as CatalogueId
const start = Date.UTC(2026, 0, 5, 10)
const at = (minute: number) => start + minute * minuteMs

let store: Store
let numbers = 0
beforeEach(async () => {
  store = await openSqliteStore({ file: ':memory:' })
})
afterEach(() => store.close())

const shown = (queryId: string, minute: number, surface = 'recommended-for-you', generation = 'g1'): Exposure => ({
  queryId: queryId as QueryId,
  catalogue,
  timeMs: at(minute),
  userId: 'ann' as UserId,
  surface,
  generation: generation as GenerationId,
  arm: null,
  items: ['a', 'b'].map((itemId) => ({ itemId: itemId as ItemId, score: 1, propensity: 1 })),
})
const did = (type: EventType, minute: number, itemId: string, more: Partial<ShopEvent> = {}): ShopEvent =>
  identify({
    catalogue,
    type,
    userId: 'ann' as UserId,
    timeMs: at(minute),
    itemId: itemId as ItemId,
    query: null,
    queryId: null,
    position: null,
    quantity: 1,
    priceMinor: null,
    rating: null,
    orderId: null,
    name: `act ${numbers++}`,
    ...more,
  })

const told = async (ledger: ReturnType<typeof createLedger>, minute: number) => {
  await ledger.catchUp(at(minute))
  return overviewOf(ledger, at(minute), { hours: 24, minutes: 60 })
}

describe('the ledger', () => {
  it('counts acts for the answer they go back to, each answer once in a rate, and the rest apart', async () => {
    await store.exposures.append([shown('q1', 0), shown('q2', 1, 'related-products'), shown('q3', 2)])
    const bought = { queryId: 'q1' as QueryId, priceMinor: 250, quantity: 2 }
    await store.events.append(
      [
        did('click', 3, 'a', { queryId: 'q1' as QueryId }),
        did('click', 4, 'b', { queryId: 'q1' as QueryId }),
        did('purchase', 5, 'a', bought),
        // Names no answer: the last that showed it is q3.
        did('addToCart', 6, 'b'),
        // Nothing showed it.
        did('purchase', 7, 'z', { priceMinor: 999 }),
      ],
      at(8),
    )
    const { total, bySurface, attributed } = await told(createLedger(store, catalogue), 10)
    const forYou = bySurface.find(({ name }) => name === 'recommended-for-you')
    expect(forYou).toMatchObject({ answers: 2, shown: 4, clicks: 2, clickedAnswers: 1, carts: 1, revenueMinor: 500 })
    expect(forYou?.clickThrough.share).toBe(0.5)
    expect(forYou?.conversion.share).toBe(1)
    expect(bySurface.find(({ name }) => name === 'related-products')).toMatchObject({ answers: 1, clicks: 0 })
    expect(total).toMatchObject({ answers: 3, purchases: 2, revenueMinor: 1499 })
    expect(attributed.share).toBe(1)
  })

  it('comes to the same whether it read everything at once or step by step', async () => {
    const live = createLedger(store, catalogue)
    for (let step = 0; step < 6; step++) {
      const queryId = `q${step}`
      await store.exposures.append([shown(queryId, 10 * step, 'session', step < 3 ? 'g1' : 'g2')])
      await told(live, 10 * step)
      const named = step % 2 === 0 ? { queryId: queryId as QueryId } : {}
      await store.events.append([did('click', 10 * step + 1, 'a', named), did('view', 10 * step + 2, 'b')], at(0))
      if (step % 2 === 1) await told(live, 10 * step + 5)
    }
    const stepwise = await told(live, 70)
    expect(stepwise).toEqual(await told(createLedger(store, catalogue), 70))
    expect(stepwise.byGeneration.map(({ name, answers, clicks }) => [name, answers, clicks])).toEqual([
      ['g2', 3, 3],
      ['g1', 3, 3],
    ])
    expect(stepwise.minutes.reduce((sum, { events }) => sum + events, 0)).toBe(10)
  })

  it('keeps periods apart: an act counts for the hour of its answer', async () => {
    await store.exposures.append([shown('q1', 59), shown('q2', 61)])
    await store.events.append([did('click', 62, 'a', { queryId: 'q1' as QueryId })], at(62))
    const ledger = createLedger(store, catalogue)
    await ledger.catchUp(at(70))
    const hour = overviewOf(ledger, at(70), { hours: 1, minutes: 5 })
    expect(hour.fromMs).toBe(start + hourMs)
    expect(hour.total).toMatchObject({ answers: 1, clicks: 0 })
    expect(hour.before).toMatchObject({ answers: 1, clicks: 1 })
  })
})
