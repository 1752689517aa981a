import { describe, expect, it } from 'vitest'
import { minuteMs } from '../base/clock.ts'
import { silentLog } from '../base/log.ts'
import { createTelemetry } from '../base/telemetry.ts'
import type { EventType, ShopEvent } from '../domain/event.ts'
import type { Exposure } from '../domain/exposure.ts'
import type { CatalogueId, EventId, GenerationId, ItemId, QueryId, UserId } from '../domain/ids.ts'
import { observe } from './observe.ts'

const shownBy = (generation: string | null): Exposure => ({
  queryId: 'q' as QueryId,
  catalogue: 'shop' as CatalogueId,
  timeMs: 0,
  userId: 'ann' as UserId,
  surface: 'session',
  generation: generation as GenerationId | null,
  arm: null,
  items: [],
})
const event = (type: EventType, timeMs: number): ShopEvent => ({
  id: 'e' as EventId,
  catalogue: 'shop' as CatalogueId,
  type,
  userId: 'ann' as UserId,
  timeMs,
  itemId: 'a' as ItemId,
  query: null,
  queryId: null,
  position: null,
  quantity: 2,
  priceMinor: 500,
  rating: null,
  orderId: null,
  name: '',
})

function open() {
  const telemetry = createTelemetry()
  const watch = observe(telemetry, silentLog)
  /** As it is told where the act came in, and where the answer was shown. */
  const happened = (act: ShopEvent, sight: Parameters<typeof watch.outcome>[1], nowMs: number) => {
    watch.event(act, sight, nowMs)
    watch.outcome(act, sight)
  }
  return { watch, happened, scrape: () => telemetry.registry.metrics() }
}

describe('the monitor', () => {
  it('counts what shoppers do with an answer by its surface, generation and place, and what they pay', async () => {
    const { watch, happened, scrape } = open()
    watch.shown(shownBy('g1'))
    happened(event('click', 0), { exposure: shownBy('g1'), position: 3 }, minuteMs)
    happened(event('purchase', 0), { exposure: shownBy('g1'), position: 25 }, minuteMs)
    watch.event(event('view', 0), null, minuteMs)
    const page = await scrape()
    for (const line of [
      'haggle_exposures_total{surface="session",generation="g1"} 1',
      'haggle_outcomes_total{surface="session",generation="g1",type="click"} 1',
      'haggle_outcomes_total{surface="session",generation="g1",type="purchase"} 1',
      'haggle_revenue_minor_total{surface="session",generation="g1"} 1000',
      'haggle_taken_positions_total{surface="session",position="3"} 1',
      'haggle_taken_positions_total{surface="session",position="21+"} 1',
      'haggle_interactions_total{type="view",attributed="no"} 1',
      'haggle_event_lag_seconds_bucket{le="60"} 3',
      'haggle_event_lag_seconds_bucket{le="30"} 0',
    ]) {
      expect(page).toContain(line)
    }
  })

  it('counts every event of a request that is refused as a whole', async () => {
    const { watch, scrape } = open()
    const refuse = () => {
      throw new Error('cannot be read')
    }
    expect(() => watch.read({ events: [{}, {}, {}] }, refuse)).toThrow('cannot be read')
    expect(() => watch.read('nonsense', refuse)).toThrow('cannot be read')
    expect(await scrape()).toContain('haggle_events_total{fate="rejected"} 4')
  })

  it('remembers the latest five generations only', async () => {
    const { watch, happened, scrape } = open()
    for (let at = 1; at <= 8; at++) {
      watch.shown(shownBy(`g${at}`))
      happened(event('click', 0), { exposure: shownBy(`g${at}`), position: 1 }, 0)
    }
    const page = await scrape()
    const generations = (name: string) => [...page.matchAll(new RegExp(`${name}{.*generation="(.*?)"`, 'g'))]
    for (const name of ['haggle_exposures_total', 'haggle_outcomes_total']) {
      expect(generations(name).map(([, generation]) => generation)).toEqual(['g4', 'g5', 'g6', 'g7', 'g8'])
    }
  })

  it('tells how fast a model learns, and falls silent when none does', async () => {
    const { watch, scrape } = open()
    const onEpoch = watch.epochs<string>('shop' as CatalogueId)
    onEpoch('session', 'gru', { epoch: 1, losses: { total: 3 }, examples: 1000 })
    await new Promise((resolve) => setImmediate(resolve))
    onEpoch('session', 'gru', { epoch: 2, losses: { total: 2 }, examples: 1000 })
    const during = await scrape()
    expect(during).toContain('haggle_training_epoch{catalogue="shop",model="gru"} 2')
    expect(Number(/haggle_training_examples_per_second{.*} (.+)/.exec(during)?.[1])).toBeGreaterThan(0)
    watch.trained('shop' as CatalogueId)
    expect(await scrape()).not.toMatch(/haggle_training_examples_per_second{/)
  })
})
