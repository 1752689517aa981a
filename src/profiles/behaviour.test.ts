import { describe, expect, it } from 'vitest'
import { dayMs, hourMs, minuteMs } from '../base/clock.ts'
import { defaultConfig } from '../base/config.ts'
import type { EventType } from '../domain/event.ts'
import type { CatalogueId, ItemId, UserId } from '../domain/ids.ts'
import { readItem } from '../domain/item.ts'
import type { Behaviour } from '../preprocess/behaviour-log.ts'
import { behaviourNames, behaviourVector } from './behaviour.ts'
import { createProfileBook } from './profile-book.ts'
import { priceSegmentOf, segmentOf } from './segments.ts'

/** Monday, 1 January 2024, noon UTC. */
const start = Date.UTC(2024, 0, 1, 12)
const ann = 'ann' as UserId

/** A profile of events given as [day, type, item]. */
function profileOf(events: readonly (readonly [day: number, type: EventType, item?: number])[]) {
  const item = (id: ItemId) =>
    readItem('shop' as CatalogueId, { objectID: id, price: 10 * (1 + Number(id)), category: 'All', brand: `b${id}` })
  const book = createProfileBook({ config: defaultConfig().preprocess, item })
  const told = (userId: UserId, timeMs: number, type: EventType, at: number): Behaviour => ({
    userId,
    type,
    itemId: type === 'search' ? null : (String(at) as ItemId),
    timeMs,
    quantity: 1,
    priceMinor: null,
    position: null,
    query: type === 'search' ? 'tea' : null,
    queryId: null,
  })
  for (let at = 0; at < 10; at++) book.remember(told('other' as UserId, start, 'view', at))
  for (const [day, type, at = 0] of events) book.remember(told(ann, start + day * dayMs, type, at))
  const profile = book.get(ann)
  return {
    profile,
    value: (name: string, day: number) => behaviourVector(profile, start + day * dayMs)[behaviourNames.indexOf(name)],
  }
}

describe('behaviour over time', () => {
  it('has a value or an honest absence for every name', () => {
    const { profile } = profileOf([[0, 'search']])
    expect(behaviourVector(profile, start)).toHaveLength(behaviourNames.length)
    expect(new Set(behaviourNames).size).toBe(behaviourNames.length)
    expect(behaviourVector(undefined, start).every(Number.isNaN)).toBe(true)
    expect([...behaviourVector(profile, start)].some((value) => !Number.isFinite(value) && !Number.isNaN(value))).toBe(
      false,
    )
  })

  it('measures frequency, recency, decision and purchase rhythm', () => {
    const { value } = profileOf([
      [0, 'view'],
      [2, 'purchase'],
      [12, 'view', 1],
      [12, 'purchase', 2],
    ])
    expect(value('events', 12)).toBeCloseTo(Math.log1p(4))
    expect(value('recencyDays', 19)).toBeCloseTo(Math.log1p(7))
    expect(value('tenureDays', 19)).toBeCloseTo(Math.log1p(19))
    expect(value('daysToPurchase', 12)).toBeCloseTo(Math.log1p(2))
    expect(value('daysBetweenPurchases', 12)).toBeCloseTo(Math.log1p(10))
    expect(value('daysSincePurchase', 13)).toBeCloseTo(Math.log1p(1))
    expect(value('daysBetweenVisits', 12)).toBeCloseTo(Math.log1p(6))
  })

  it('points to the hours and days someone comes', () => {
    const noon = profileOf([
      [0, 'view'],
      [7, 'view'],
      [14, 'view'],
    ])
    // Noon is opposite midnight; Monday is a seventh of the circle after Sunday.
    expect(noon.value('hourCos', 14)).toBeCloseTo(-1)
    expect(noon.value('weekdayCos', 14)).toBeCloseTo(Math.cos((2 * Math.PI) / 7))
    const spread = profileOf([
      [0, 'view'],
      [0.25, 'view'],
      [0.5, 'view'],
      [0.75, 'view'],
    ])
    expect(spread.value('hourSin', 1)).toBeCloseTo(0)
    expect(spread.value('hourCos', 1)).toBeCloseTo(0)
  })

  it('tells who buys dear from who buys cheap, and who sticks to one brand', () => {
    const cheap = profileOf([
      [0, 'purchase', 0],
      [1, 'purchase', 0],
    ])
    const dear = profileOf([
      [0, 'purchase', 9],
      [1, 'purchase', 8],
    ])
    expect(cheap.value('priceBand', 1)).toBeLessThan(-0.2)
    expect(dear.value('priceBand', 1)).toBeGreaterThan(0.2)
    expect([cheap, dear].map(({ profile }) => priceSegmentOf(profile))).toEqual(['budget', 'premium'])
    expect(cheap.value('brandDiversity', 1)).toBe(0)
    expect(dear.value('brandDiversity', 1)).toBeGreaterThan(0.9)
  })
})

describe('segments', () => {
  const segment = (day: number, events: Parameters<typeof profileOf>[0]) =>
    segmentOf(profileOf(events).profile, start + day * dayMs)

  it('follow a shopper from stranger to loyal, and to dormant', () => {
    expect(segment(0, [])).toBe('stranger')
    expect(segment(1, [[0, 'view']])).toBe('new')
    expect(segment(20, [[0, 'view']])).toBe('casual')
    expect(
      segment(20, [
        [0, 'view'],
        [1, 'purchase'],
      ]),
    ).toBe('regular')
    expect(
      segment(
        20,
        [0, 1, 2, 3, 4].map((day) => [day, 'view'] as const),
      ),
    ).toBe('regular')
    const loyal = [0, 10, 20].map((day) => [day, 'purchase'] as const)
    expect(segment(20, loyal)).toBe('loyal')
    expect(segment(81, loyal)).toBe('dormant')
    // Someone who comes every 40 days is not asleep after 70.
    expect(
      segment(150, [
        [0, 'view'],
        [40, 'view'],
        [80, 'view'],
      ]),
    ).toBe('casual')
    expect(priceSegmentOf(profileOf([[0, 'view']]).profile)).toBe('unknown')
  })

  it('do not take the pace of one visit for a pause', () => {
    const { profile } = profileOf([
      [0, 'view'],
      [minuteMs / dayMs, 'view', 1],
      [hourMs / dayMs, 'view', 2],
    ])
    expect(segmentOf(profile, start + 59 * dayMs)).toBe('casual')
  })
})
