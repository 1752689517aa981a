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

/** log1p of every price in cents, as price bands see them. */
const logPrices = shopItems.map(({ priceMinor }) => Math.log1p(priceMinor ?? 0))
const meanLog = logPrices.reduce((sum, value) => sum + value, 0) / 12
const spreadLog = Math.sqrt(logPrices.reduce((sum, value) => sum + (value - meanLog) ** 2, 0) / 11)
/** Three products a category are too few: the whole shop's prices are compared. */
const bandOf = (item: number) => 1 / (1 + Math.exp((-1.702 * (logPrices[item] - meanLog)) / spreadLog)) - 0.5
const rise = [...many(40, (at) => did(`u${at}`, 'view', 0, start))]
/** What has been seen of an item of 3 days with half-lives of 3 and 30 days, in days. */
const seenLately = 3 * (1 - 2 ** -1)
const seenLong = 30 * (1 - 2 ** (-3 / 30))

/** Feature → what happened, then item, day and the value its formula gives by hand. */
const exact: Readonly<Record<string, readonly [Behaviour[], ...(readonly [number, number, number])[]]>> = {
  // Tags of item 0: category levels ½ and 1, brand 1, three words of ½; Σw² / Σw = 3 / 4, half of it after
  // 60 days; with item 7 one word is shared.
  'interest-match': [
    [did('ann', 'view', 0, start)],
    [0, 0, Math.log1p(0.75)],
    [0, 60, Math.log1p(0.375)],
    [7, 0, Math.log1p(0.25 / 3.5)],
  ],
  'session-match': [[did('ann', 'view', 0, start)], [0, 0, Math.log1p(0.75)], [0, 0.1, 0]],
  'category-affinity': [
    [did('ann', 'view', 0, start), did('ann', 'view', 1, start)],
    [4, 0, 0.5],
    [2, 0, 0],
  ],
  'brand-affinity': [
    [did('ann', 'view', 0, start), did('ann', 'view', 1, start)],
    [3, 0, 0.5],
    [2, 0, 0],
  ],
  'price-affinity': [
    [...everything, did('ann', 'purchase', 10, start)],
    [10, 0, 1],
    [9, 0, Math.exp(-0.5 * ((bandOf(9) - bandOf(10)) / 0.1) ** 2)],
  ],
  'price-band': [everything, [0, 0, bandOf(0)], [11, 0, bandOf(11)]],
  'item-age': [everything, [0, 0, 0], [0, 9, Math.log(10)]],
  'in-stock': [[], [0, 0, 1]],
  popularity: [
    [...many(6, (at) => did(`u${at}`, 'view', 3, start)), did('u0', 'return', 3, start)],
    [3, 0, Math.log(7)],
    [3, 30, Math.log(4)],
  ],
  trend: [rise, [0, 3, Math.log((20 + 3) / ((40 * 2 ** (-3 / 30) * seenLately) / seenLong + 3))], [4, 3, 0]],
  'click-rate': [
    [
      ...many(20, (at) => did(`u${at}`, 'view', 2 + (at % 2), start)),
      ...many(4, (at) => did(`u${at}`, 'click', 2, start)),
    ],
    [2, 0, Math.log((4 + 20 * 0.2) / ((10 + 20) * 0.2))],
    [3, 0, Math.log((20 * 0.2) / ((10 + 20) * 0.2))],
    [4, 0, 0],
  ],
  'conversion-rate': [
    [
      ...many(20, (at) => did(`u${at}`, at < 10 ? 'view' : 'click', 2 + (at % 2), start)),
      did('ann', 'purchase', 2, start),
      did('bob', 'conversion', 2, start),
    ],
    [2, 0, Math.log((2 + 20 * 0.1) / ((10 + 20) * 0.1))],
  ],
  'return-rate': [
    [...many(4, (at) => did('ann', 'purchase', 2 + (at % 2), start)), did('ann', 'return', 2, start)],
    [2, 0, Math.log((1 + 20 / 4) / ((2 + 20) / 4))],
  ],
  'view-frequency': [many(3, (at) => did('ann', 'view', 2, on(at))), [2, 3, Math.log(4)], [3, 3, 0]],
  'item-recency': [[did('ann', 'click', 2, start)], [2, 0, 1], [2, 2, 1 / 3]],
  'repeat-interval': [tea, [0, 30, 1], [0, 50, Math.exp(-0.5)], [4, 30, 0]],
  'view-to-purchase': [
    [did('bob', 'view', 5, on(0)), did('bob', 'purchase', 5, on(3)), did('ann', 'view', 6, on(3))],
    [6, 6, 1],
    [6, 12, Math.exp(-0.5)],
  ],
  'hour-habit': [
    many(20, (at) => did(`u${at}`, 'view', 0, on(at) + 9 * hourMs)),
    [4, 30 + 9 / 24, Math.log(((20 / 2 + 10 / 24) / 30) * 24)],
    [4, 30 + 10 / 24, Math.log(((20 / 4 + 10 / 24) / 30) * 24)],
    [5, 30, 0],
  ],
  'weekday-habit': [
    many(20, (at) => did(`u${at}`, 'view', 0, on(7 * at))),
    [4, 140, Math.log(((20 / 2 + 10 / 7) / 30) * 7)],
  ],
}

describe('a value is what its formula says', () => {
  for (const feature of features) {
    it(feature.name, () => {
      const [events, ...values] = exact[feature.name]
      const shop = follow(feature, events)
      for (const [item, day, value] of values) expect(shop.value('ann', shopItems[item], on(day))).toBeCloseTo(value, 5)
    })
  }

  it('also where the first event of an item arrives last', () => {
    const late = [did('ann', 'view', 0, on(5)), did('bob', 'view', 0, on(1))]
    for (const feature of features.filter(({ name }) => name === 'item-age' || name === 'trend')) {
      const [followed, replayed] = [late, late.toReversed()].map((events) => follow(feature, events))
      expect(followed.value('ann', shopItems[0], on(6))).toBe(replayed.value('ann', shopItems[0], on(6)))
    }
  })
})
