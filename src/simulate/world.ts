/**
 * A whole shop in a seed: its products, its shoppers, its calendar, and the truth about who would like what and when.
 *
 * `utility` is that truth. It is for judging recommendations from outside and never reaches the product under test.
 *
 *   utility = liking(taste at the time) + gender + season + trend − already owned
 *
 * about -5 to 6; at 3 the shopper clicks it every second or third time they see it. Cost: about 50 ns a product.
 */
import { dayMs } from '../base/clock.ts'
import { createRng, type Rng } from '../base/rng.ts'
import { HaggleError } from '../domain/errors.ts'
import type { ItemRecord } from '../domain/item.ts'
import { brandCount, createProducts, type SimulatedProduct } from './catalogue.ts'
import { shelves } from './goods.ts'
import { createShoppers, createStranger, likingAt, type Shopper, variedTaste } from './shoppers.ts'
import { createStorefront, type Look, type Storefront } from './storefront.ts'

export interface WorldOptions {
  readonly seed: number | string
  readonly products: number
  readonly shoppers: number
  /** Length of the history. */
  readonly days: number
  /** End of the history, rounded down to the day (UTC); live visits come after it. */
  readonly untilMs: number
  /** Products that come out in the 30 days after the history. */
  readonly upcoming: number
  /** 1 for the usual share of robots, floods and broken rows; 0 for none. */
  readonly dirt: number
  /** False leaves out `image` (a small drawing) of the records. */
  readonly pictures: boolean
  /** True adds `zh` to the records: what is said of a product, in Chinese. */
  readonly chinese: boolean
}

export const defaultWorldOptions: WorldOptions = {
  seed: 7,
  products: 3_000,
  shoppers: 800,
  days: 120,
  untilMs: Date.UTC(2026, 0, 1),
  upcoming: 0,
  dirt: 1,
  pictures: true,
  chinese: false,
}

/** Something takes off, and fades. */
export interface Trend {
  readonly kind: 'product' | 'brand' | 'shelf'
  readonly index: number
  readonly startMs: number
  readonly riseDays: number
  readonly fallDays: number
  /** Utility added at the height. */
  readonly height: number
}

export interface World {
  readonly options: WorldOptions
  readonly fromMs: number
  readonly untilMs: number
  readonly products: readonly SimulatedProduct[]
  readonly shoppers: readonly Shopper[]
  readonly trends: readonly Trend[]
  readonly storefront: Storefront
  onShelf(shelf: number): readonly SimulatedProduct[]
  /** What the time of year adds to a shelf: -0.9 to 0.9. */
  season(shelf: number, timeMs: number): number
  utility(shopper: Shopper, product: SimulatedProduct, timeMs: number): number
  /** `utility` where a page lends it more: what is like the product looked at, or goes with the one in the cart. */
  appeal(shopper: Shopper, product: SimulatedProduct, look: Pick<Look, 'surface' | 'product' | 'timeMs'>): number
  /** The products that appeal most to the shopper there, best first: the truth a recommender tries to find. */
  best(shopper: Shopper, look: Pick<Look, 'surface' | 'product' | 'timeMs'>, limit: number): number[]
  /** Out, and in stock. */
  available(product: number, timeMs: number): boolean
  productOf(objectID: string): SimulatedProduct | undefined
  /** The catalogue as published at the time. */
  records(timeMs: number): ItemRecord[]
  /** Adds somebody new, who has their first visit at `timeMs`. */
  welcome(timeMs: number): Shopper
  /** From `timeMs` on, this share of the accounts wants other things; returns who. */
  shiftTastes(timeMs: number, share: number): Shopper[]
}

export function createWorld(partial: Partial<WorldOptions> = {}): World {
  const options = withDefaults(partial)
  const rng = createRng(`simulated-shop/${options.seed}`)
  const { untilMs } = options
  const fromMs = untilMs - options.days * dayMs
  const products = createProducts(rng.fork('catalogue'), options.products, { ...options, fromMs })
  const shoppers = createShoppers(rng.fork('shoppers'), products, options.shoppers, { fromMs, untilMs })
  const soldOut = createOutages(rng.fork('outages'), products.length, fromMs, untilMs)
  const trends = createTrends(rng.fork('trends'), products, fromMs, untilMs)
  const calendar = createCalendar(products, trends)
  const newcomers = rng.fork('newcomers')
  const shifts = rng.fork('shifts')
  const byShelf = shelves.map((_, shelf) => products.filter((product) => product.shelf === shelf))
  const byId = new Map(products.map((product) => [product.record.objectID, product]))

  const available = (product: number, timeMs: number): boolean =>
    products[product].createdAtMs <= timeMs && !soldOut(product, timeMs)
  const utility = (shopper: Shopper, product: SimulatedProduct, timeMs: number): number =>
    likingAt(shopper, product, timeMs) -
    (product.gender === 0 || product.gender === shopper.gender ? 0 : 2.5) +
    shopper.seasonality * calendar.season(product.shelf, timeMs) +
    calendar.trend(product, timeMs) -
    satiation(shopper, product, timeMs)

  const appeal: World['appeal'] = (shopper, product, look) =>
    utility(shopper, product, look.timeMs) + (look.product < 0 ? 0 : fit(products[look.product], product, look))

  return {
    options,
    fromMs,
    untilMs,
    products,
    shoppers,
    trends,
    storefront: createStorefront(rng.fork('storefront'), products, available),
    onShelf: (shelf) => byShelf[shelf],
    season: calendar.season,
    utility,
    appeal,
    best: (shopper, look, limit) => {
      // Sorted by insertion: `limit` is a page, the catalogue is long, and few of it gets in.
      const found: { index: number; value: number }[] = []
      for (const product of products) {
        if (!available(product.index, look.timeMs)) continue
        const value = appeal(shopper, product, look)
        let place = found.length
        while (place > 0 && found[place - 1].value < value) place--
        if (place < limit) found.splice(place, 0, { index: product.index, value })
        if (found.length > limit) found.pop()
      }
      return found.map(({ index }) => index)
    },
    available,
    productOf: (objectID) => byId.get(objectID),
    records: (timeMs) =>
      products
        .filter(({ createdAtMs }) => createdAtMs <= timeMs)
        .map(({ record, index }) => ({ ...record, inStock: available(index, timeMs) })),
    welcome: (timeMs) => {
      const shopper = createStranger(newcomers, products, timeMs)
      shoppers.push(shopper)
      return shopper
    },
    shiftTastes: (timeMs, share) => {
      const chosen = shoppers.filter(({ leftMs }) => leftMs > timeMs && shifts.next() < share)
      for (const { phases } of chosen) {
        // Phases begun later would undo the shift.
        while (phases.length > 1 && phases[phases.length - 1].fromMs >= timeMs) phases.pop()
        const taste = variedTaste(shifts, products, phases[phases.length - 1].taste, 1)
        phases.push({ fromMs: timeMs, overMs: 0, taste })
      }
      return chosen
    },
  }
}

function withDefaults(partial: Partial<WorldOptions>): WorldOptions {
  const options = { ...defaultWorldOptions, ...partial }
  const { products, shoppers, days } = options
  for (const [name, value] of Object.entries({ products, shoppers, days })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new HaggleError('bad-request', `The simulator needs a whole number of ${name} from 1 up, not ${value}.`)
    }
  }
  if (!(options.dirt >= 0 && options.dirt <= 10)) {
    throw new HaggleError('bad-request', `The simulator's dirt goes from 0 (none) to 10, not ${options.dirt}.`)
  }
  // Days are whole, so that hours and weekdays mean what they say.
  return { ...options, untilMs: Math.floor(options.untilMs / dayMs) * dayMs }
}

/** Nobody buys the same lasting thing twice in half a year; what is used up is wanted again when it is. */
function satiation({ memory }: Shopper, product: SimulatedProduct, timeMs: number): number {
  const boughtMs = memory.bought.get(product.index)
  if (boughtMs === undefined) return 0
  const dueMs = memory.due.get(product.index)
  if (dueMs === undefined) return timeMs - boughtMs < 180 * dayMs ? 3 : 0
  return timeMs < dueMs ? 2 : -1
}

/** On a product's page likeness counts, in the cart what goes with it. */
function fit(given: SimulatedProduct, product: SimulatedProduct, { surface }: Pick<Look, 'surface'>): number {
  if (product.index === given.index) return -3
  const same = product.shelf === given.shelf
  const complement = shelves[given.shelf].goesWith.includes(product.shelf)
  const kin = product.brand === given.brand || product.style === given.style ? 0.25 : 0
  if (surface === 'cart') return (complement ? 1.6 : same ? -0.3 : 0) + kin
  return (same ? 0.8 : complement ? 0.5 : 0) + kin
}

/** About one product in six runs out once for some days, within the history or the month after; the others never do. */
function createOutages(rng: Rng, count: number, fromMs: number, untilMs: number) {
  const starts = new Float64Array(count).fill(Number.POSITIVE_INFINITY)
  const ends = new Float64Array(count)
  for (let product = 0; product < count; product++) {
    if (rng.next() > 0.16) continue
    starts[product] = fromMs + Math.floor(rng.next() * (untilMs + 30 * dayMs - fromMs))
    ends[product] = starts[product] + Math.ceil((2 + rng.next() * 12) * dayMs)
  }
  return (product: number, timeMs: number): boolean => timeMs >= starts[product] && timeMs < ends[product]
}

function createTrends(rng: Rng, products: readonly SimulatedProduct[], fromMs: number, untilMs: number): Trend[] {
  const make = (kind: Trend['kind'], bound: number, height: number): Trend => ({
    kind,
    index: rng.int(bound),
    startMs: fromMs + Math.floor(rng.next() * (untilMs + 30 * dayMs - fromMs)),
    riseDays: 2 + rng.next() * 5,
    fallDays: 7 + rng.next() * 20,
    height,
  })
  const items = Math.ceil(products.length / 100)
  return [
    ...Array.from({ length: items }, () => make('product', products.length, 1.8)),
    ...Array.from({ length: 6 }, () => make('brand', brandCount, 0.8)),
    ...Array.from({ length: 4 }, () => make('shelf', shelves.length, 0.7)),
  ]
}

/** Seasons and trends of a day, worked out once for all products. */
function createCalendar(products: readonly SimulatedProduct[], trends: readonly Trend[]) {
  const seasonOfShelf = new Float32Array(shelves.length)
  const trendOfProduct = new Float32Array(products.length)
  const groups = trends.map((trend) => ({
    trend,
    members: products.filter((product) => of(product, trend.kind) === trend.index).map(({ index }) => index),
  }))
  let known = Number.NaN
  const turnTo = (timeMs: number): void => {
    const day = Math.floor(timeMs / dayMs)
    if (day === known) return
    known = day
    const month = (new Date(day * dayMs).getUTCMonth() + new Date(day * dayMs).getUTCDate() / 31) % 12
    for (let shelf = 0; shelf < shelves.length; shelf++) {
      const peak = shelves[shelf].peakMonth
      seasonOfShelf[shelf] = peak === null ? 0 : 0.9 * Math.cos((2 * Math.PI * (month - peak - 0.5)) / 12)
    }
    trendOfProduct.fill(0)
    for (const { trend, members } of groups) {
      const added = strength(trend, day * dayMs)
      if (added > 0) for (const index of members) trendOfProduct[index] += added
    }
  }
  return {
    season: (shelf: number, timeMs: number): number => {
      turnTo(timeMs)
      return seasonOfShelf[shelf]
    },
    trend: (product: SimulatedProduct, timeMs: number): number => {
      turnTo(timeMs)
      return trendOfProduct[product.index]
    },
  }
}

function of(product: SimulatedProduct, kind: Trend['kind']): number {
  return kind === 'product' ? product.index : product[kind]
}

function strength({ startMs, riseDays, fallDays, height }: Trend, timeMs: number): number {
  const age = (timeMs - startMs) / dayMs
  if (age < 0 || age > riseDays + fallDays) return 0
  return age < riseDays ? (height * age) / riseDays : height * (1 - (age - riseDays) / fallDays)
}
