/**
 * What is wrong with real logs, planted at known rates: robots, floods, double clicks, rows sent twice, impossible
 * times, missing fields, returns written as negative purchases.
 *
 * All but missing fields and negative quantities is added next to the honest rows, which stay as they are without dirt:
 * cleaning that removes exactly what was planted leaves exactly what happened. `Planted` counts each kind as it is
 * written, so that a test can compare.
 */
import { dayMs, hourMs } from '../base/clock.ts'
import type { Rng } from '../base/rng.ts'
import { poisson } from './rhythm.ts'
import type { SimulatedEvent } from './simulated-event.ts'
import type { World } from './world.ts'

export interface Planted {
  /** Crawlers that view more than a thousand products in the order of the catalogue and do nothing else. */
  robots: number
  robotViews: number
  /** Bursts of one shopper's page: more than 60 views within a minute. */
  floods: number
  floodViews: number
  /** The same shopper, item and type again within 1.5 seconds. */
  repeats: number
  /** The same row twice. */
  duplicates: number
  /** Copies of rows with a time in 1970 or 2099. */
  impossibleTimes: number
  /** Lines that are no event: half a line, an unknown type, no shopper. Planted by `write-shop.ts`. */
  malformed: number
  missingPrices: number
  missingQuantities: number
  /** Returns written as purchases of less than nothing. */
  negativeQuantities: number
}

/** Share of what is named, where `dirt` is 1. */
const rates = {
  robotsPerShopper: 0.005,
  floodsPerEvent: 0.0001,
  repeatsPerView: 0.005,
  duplicatesPerRow: 0.003,
  impossiblePerRow: 0.001,
  missingPrices: 0.02,
  missingQuantities: 0.01,
  negativeReturns: 0.3,
}

export function nothingPlanted(): Planted {
  return {
    robots: 0,
    robotViews: 0,
    floods: 0,
    floodViews: 0,
    repeats: 0,
    duplicates: 0,
    impossibleTimes: 0,
    malformed: 0,
    missingPrices: 0,
    missingQuantities: 0,
    negativeQuantities: 0,
  }
}

export interface DirtOptions {
  readonly fromMs: number
  readonly untilMs: number
  readonly planted?: Planted
}

export interface Dirt {
  /** What robots, floods and nervous fingers add to a day's honest events. */
  around(dayStartMs: number, honest: readonly SimulatedEvent[]): SimulatedEvent[]
  /** The rows as they are written, in order: some spoilt, some twice. */
  spoil(rows: readonly SimulatedEvent[]): Generator<SimulatedEvent, void, undefined>
}

export function createDirt(world: World, rng: Rng, { fromMs, untilMs, planted = nothingPlanted() }: DirtOptions): Dirt {
  const { dirt } = world.options
  const share = (untilMs - fromMs) / (world.untilMs - world.fromMs)
  const robots = createRobots(
    rng,
    Math.round(dirt * rates.robotsPerShopper * world.shoppers.length * share),
    fromMs,
    untilMs,
  )
  // Rows that are not honest, until they are written and counted.
  const kinds = new Map<SimulatedEvent, 'robotViews' | 'floodViews' | 'repeats'>()
  const chance = (rate: number): boolean => dirt > 0 && rng.next() < dirt * rate
  const mark = (rows: SimulatedEvent[], kind: 'robotViews' | 'floodViews' | 'repeats'): SimulatedEvent[] => {
    for (const row of rows) kinds.set(row, kind)
    return rows
  }

  return {
    around: (dayStartMs, honest) => {
      const crawling = robots.filter(({ startMs }) => startMs >= dayStartMs && startMs < dayStartMs + dayMs)
      const crawls = crawling.map((robot) => crawl(world, rng, robot)).filter((views) => views.length > 0)
      planted.robots += crawls.length
      const views = honest.filter(({ type, time }) => type === 'view' && time < untilMs - hourMs)
      const floods = views.length === 0 ? 0 : poisson(rng, dirt * rates.floodsPerEvent * honest.length)
      planted.floods += floods
      const bursts = Array.from({ length: floods }, () => flood(world, rng, rng.pick(views))).flat()
      const repeats = honest
        .filter(({ type }) => (type === 'view' || type === 'click') && chance(rates.repeatsPerView))
        .map((row) => ({ ...row, time: row.time + 100 + rng.int(1400) }))
      return [...mark(crawls.flat(), 'robotViews'), ...mark(bursts, 'floodViews'), ...mark(repeats, 'repeats')]
    },
    spoil: function* (rows) {
      for (const row of rows) {
        const kind = kinds.get(row)
        if (kind !== undefined) {
          planted[kind]++
          kinds.delete(row)
          yield row
          continue
        }
        const written = spoilt(row, chance, planted)
        yield written
        if (chance(rates.duplicatesPerRow)) {
          planted.duplicates++
          yield written
        }
        if (chance(rates.impossiblePerRow)) {
          planted.impossibleTimes++
          const time = rng.next() < 0.5 ? rng.int(dayMs) : Date.UTC(2099, 0, 1) + rng.int(dayMs)
          yield { ...row, time }
        }
      }
    },
  }
}

function spoilt(row: SimulatedEvent, chance: (rate: number) => boolean, planted: Planted): SimulatedEvent {
  if (row.quantity === undefined) return row
  if (row.type === 'return' && chance(rates.negativeReturns)) {
    planted.negativeQuantities++
    return { ...row, type: 'purchase', quantity: -row.quantity }
  }
  const { price, quantity, ...rest } = row
  if (chance(rates.missingPrices)) {
    planted.missingPrices++
    return { ...rest, quantity }
  }
  if (chance(rates.missingQuantities)) {
    planted.missingQuantities++
    return { ...rest, price }
  }
  return row
}

interface Robot {
  readonly user: string
  readonly startMs: number
  readonly views: number
}

function createRobots(rng: Rng, count: number, fromMs: number, untilMs: number): Robot[] {
  return Array.from({ length: count }, () => ({
    // Nothing in the name gives a robot away.
    user: `guest-${Math.floor(rng.next() * 2 ** 40).toString(36)}`,
    startMs: fromMs + Math.floor(rng.next() * Math.max(0, untilMs - fromMs - 3 * hourMs)),
    views: 1_100 + rng.int(900),
  }))
}

function crawl(world: World, rng: Rng, { user, startMs, views }: Robot): SimulatedEvent[] {
  const published = world.products.filter(({ createdAtMs }) => createdAtMs <= startMs)
  if (published.length === 0) return []
  const first = rng.int(published.length)
  let time = startMs
  return Array.from({ length: views }, (_, step) => {
    time += 2_100 + rng.int(1_500)
    const { objectID } = published[(first + step) % published.length].record
    return { user, item: objectID, type: 'view', time, name: 'Product Viewed' }
  })
}

/** A page that reloads itself through thirty products, two or three times a second for most of a minute. */
function flood(world: World, rng: Rng, { user, time }: SimulatedEvent): SimulatedEvent[] {
  const published = world.products.filter(({ createdAtMs }) => createdAtMs <= time)
  const first = rng.int(published.length)
  return Array.from({ length: 90 + rng.int(50) }, (_, step) => {
    const { objectID } = published[(first + (step % 30)) % published.length].record
    return { user, item: objectID, type: 'view', time: time + 3_000 + step * 390, name: 'Product Viewed' }
  })
}
