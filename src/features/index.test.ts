import { describe, expect, it } from 'vitest'
import { dayMs, hourMs } from '../base/clock.ts'
import type { Item } from '../domain/item.ts'
import type { Behaviour } from '../preprocess/behaviour-log.ts'
import { did, featureSuite, follow, shopItems, start } from './feature-suite.ts'
import { features } from './index.ts'

for (const feature of features) featureSuite(feature)

interface Case {
  readonly events: readonly Behaviour[]
  /** Whose value is higher, item by number or as it is, and when, in days after the start. */
  readonly higher: readonly [item: number | Item, day: number]
  readonly lower: readonly [item: number | Item, day: number]
}

const many = (count: number, event: (at: number) => Behaviour) => Array.from({ length: count }, (_, at) => event(at))
const on = (day: number) => start + day * dayMs
/** Someone else looked at everything. */
const everything = many(12, (at) => did('bob', 'view', at, start))
/** Ann bought item 0 every ten days. */
const tea = [0, 10, 20].map((day) => did('ann', 'purchase', 0, on(day)))

/** Items 0, 4, 8 are boots, 1, 5, 9 lamps; brands repeat every three; prices rise. */
const cases: Readonly<Record<string, Case>> = {
  'interest-match': { events: [...everything, did('ann', 'purchase', 0, start)], higher: [4, 0], lower: [5, 0] },
  'session-match': { events: [did('ann', 'view', 0, start)], higher: [4, 0.01], lower: [4, 0.1] },
  'category-affinity': {
    events: [did('ann', 'view', 0, start), did('ann', 'purchase', 1, start)],
    higher: [5, 0],
    lower: [4, 0],
  },
  'brand-affinity': {
    events: [did('ann', 'view', 0, start), did('ann', 'purchase', 1, start)],
    higher: [4, 0],
    lower: [3, 0],
  },
  'price-affinity': {
    events: [...everything, did('ann', 'purchase', 10, start), did('ann', 'purchase', 11, start)],
    higher: [9, 0],
    lower: [0, 0],
  },
  'price-band': { events: everything, higher: [11, 0], lower: [0, 0] },
  'item-age': { events: everything, higher: [0, 9], lower: [0, 2] },
  'in-stock': { events: [], higher: [0, 0], lower: [{ ...shopItems[0], inStock: false }, 0] },
  popularity: { events: many(9, (at) => did(`u${at}`, 'view', at < 6 ? 3 : 4, start)), higher: [3, 1], lower: [4, 1] },
  // Ten a week ago and ten now, against twenty a week ago.
  trend: {
    events: many(40, (at) => did(`u${at}`, 'view', at % 2, on(at % 2 === 0 && at >= 20 ? 20 : at < 20 ? 0 : 1))).sort(
      (one, other) => one.timeMs - other.timeMs,
    ),
    higher: [0, 20],
    lower: [1, 20],
  },
  'click-rate': {
    events: [
      ...everything,
      ...many(20, (at) => did(`u${at}`, at % 2 === 0 ? 'view' : 'click', at % 4 < 2 ? 2 : 3, start)),
      ...many(9, (at) => did(`v${at}`, 'view', 3, start)),
    ],
    higher: [2, 1],
    lower: [3, 1],
  },
  'conversion-rate': {
    events: [...everything, ...many(9, (at) => did(`u${at}`, 'view', 3, start)), did('cid', 'purchase', 2, start)],
    higher: [2, 1],
    lower: [3, 1],
  },
  'return-rate': {
    events: [did('ann', 'purchase', 2, start), did('bob', 'purchase', 3, start), did('ann', 'return', 2, on(1))],
    higher: [2, 1],
    lower: [3, 1],
  },
  'view-frequency': {
    events: [did('ann', 'view', 2, start), did('ann', 'view', 2, on(1)), did('ann', 'view', 3, on(2))],
    higher: [2, 2],
    lower: [3, 2],
  },
  'item-recency': {
    events: [did('ann', 'view', 2, start), did('ann', 'view', 3, on(1))],
    higher: [3, 2],
    lower: [2, 2],
  },
  'repeat-interval': { events: tea, higher: [0, 30], lower: [0, 21] },
  'view-to-purchase': {
    events: [did('bob', 'view', 5, on(0)), did('bob', 'purchase', 5, on(3)), did('ann', 'view', 6, on(3))],
    higher: [6, 6],
    lower: [6, 3.01],
  },
  'hour-habit': {
    events: many(20, (at) => did(`u${at}`, 'view', 0, on(at) + 9 * hourMs)),
    higher: [4, 30 + 9 / 24],
    lower: [4, 30],
  },
  'weekday-habit': {
    events: many(20, (at) => did(`u${at}`, 'view', 0, on(7 * at))),
    higher: [4, 140],
    lower: [4, 143],
  },
}

describe('a high value means what the signal says', () => {
  for (const feature of features) {
    it(`${feature.name}: ${feature.meaning}`, () => {
      const { events, higher, lower } = cases[feature.name]
      const shop = follow(feature, events)
      const value = ([item, day]: Case['higher']) =>
        shop.value('ann', typeof item === 'number' ? shopItems[item] : item, on(day))
      expect(value(higher)).toBeGreaterThan(value(lower))
    })
  }

  it('has a name of its own for each signal', () => {
    expect(new Set(features.map(({ name }) => name)).size).toBe(features.length)
    expect(Object.keys(cases).sort()).toEqual(features.map(({ name }) => name).sort())
  })
})
