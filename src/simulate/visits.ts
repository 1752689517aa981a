/**
 * One visit, from arriving to leaving: what a shopper looks at, clicks, puts into the cart, buys, leaves behind.
 *
 * A visit is a generator: it yields the pages the shopper opens and is handed what stands on them, and yields what the
 * shopper does. So one and the same behaviour makes the past log (answered by the old storefront) and plays against a
 * live shop (answered by the recommender), without either knowing.
 *
 *   P(look at position k) = (1 + k/3)^-0.75         the further down, the less is seen
 *   P(click | looked at)  = σ(2.2·(appeal + plan − 3.2))
 *   P(cart | page viewed) = 0.17·σ(1.2·(appeal + plan − 2.6))
 *
 * where `plan` is 1 for what this visit is about. Once in a while a finger slips: a click on anything.
 */
import { dayMs } from '../base/clock.ts'
import type { Rng } from '../base/rng.ts'
import type { EventType } from '../domain/event.ts'
import type { SimulatedProduct } from './catalogue.ts'
import { shelves } from './goods.ts'
import { poisson } from './rhythm.ts'
import { plainTerms, searchTerms } from './search-terms.ts'
import { type Shopper, tasteAt } from './shoppers.ts'
import type { Listing, Look, LookSurface } from './storefront.ts'
import type { World } from './world.ts'

/** Something the shopper does. */
export interface Act {
  readonly kind: 'act'
  readonly type: Exclude<EventType, 'conversion'>
  /** -1 for a search. */
  readonly product: number
  readonly timeMs: number
  readonly name: string
  readonly query?: string
  readonly quantity?: number
  readonly order?: string
  readonly queryId?: string
  /** 1-based. */
  readonly position?: number
}

export type Visit = Generator<Look | Act, void, Listing>

/** What a driver hands back after an act: nothing. */
export const nothing: Listing = { queryId: null, tracked: false, products: [] }

type Purpose = 'browse' | 'rebuy' | 'come back' | 'complement'

interface Trip {
  readonly world: World
  readonly shopper: Shopper
  readonly rng: Rng
  readonly purpose: Purpose
  /** The shelf this visit is about, -1 without a plan; and the product, where it is one. */
  readonly shelf: number
  readonly product: number
  readonly seen: Set<number>
  readonly cart: CartLine[]
  timeMs: number
}
interface CartLine {
  readonly product: number
  readonly queryId?: string
}
interface Source {
  readonly queryId?: string
  readonly position?: number
}

const pageSize = 24
const slipRate = 0.012
const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value))

export function* visit(world: World, shopper: Shopper, startMs: number, rng: Rng): Visit {
  const trip = plan(world, shopper, startMs, rng)
  if (trip.purpose === 'browse' || trip.purpose === 'complement') {
    if (rng.next() < 0.55) yield* openHome(trip)
    const pages = 1 + poisson(rng, shopper.patience - 1)
    for (let page = 0; page < pages; page++) yield* openResults(trip, page)
  } else {
    const referrer = rng.next() < 0.3 ? 'Product Viewed (newsletter)' : 'Product Viewed (direct)'
    yield* openProduct(trip, world.products[trip.product], {}, 1, referrer)
    if (rng.next() < 0.4) yield* openHome(trip)
  }
  yield* checkOut(trip)
}

/** What the visit is about: something used up, the cart left behind, what goes with a purchase, a shelf they like. */
function plan(world: World, shopper: Shopper, timeMs: number, rng: Rng): Trip {
  const { memory } = shopper
  const trip = (purpose: Purpose, product: number, shelf: number, cart: CartLine[] = []): Trip => {
    return { world, shopper, rng, purpose, product, shelf, seen: new Set(), cart, timeMs }
  }
  if (memory.cart.length > 0 && timeMs - memory.cartMs > 10 * dayMs) memory.cart = []
  const due = dueProduct(world, shopper, timeMs)
  if (due >= 0 && rng.next() < 0.75) return trip('rebuy', due, world.products[due].shelf)
  const left = memory.cart.find((product) => world.available(product, timeMs))
  if (left !== undefined && rng.next() < 0.45) {
    return trip('come back', left, world.products[left].shelf, [{ product: left }])
  }
  const latest = [...memory.bought].at(-1)
  if (latest !== undefined && timeMs - latest[1] < 21 * dayMs && rng.next() < 0.25) {
    const goesWith = shelves[world.products[latest[0]].shelf].goesWith.filter(
      (shelf) => world.onShelf(shelf).length > 0,
    )
    if (goesWith.length > 0) return trip('complement', -1, rng.pick(goesWith))
  }
  return trip('browse', -1, rng.next() < shopper.exploration ? -1 : wantedShelf(world, shopper, timeMs, rng))
}

function dueProduct(world: World, { memory }: Shopper, timeMs: number): number {
  for (const [product, dueMs] of memory.due) {
    if (dueMs <= timeMs && timeMs - dueMs < 30 * dayMs && world.available(product, timeMs)) return product
  }
  return -1
}

/** A shelf in proportion to e^(1.6·taste + season); while a taste turns, some visits still follow the earlier one. */
function wantedShelf(world: World, shopper: Shopper, timeMs: number, rng: Rng): number {
  const { before, now, turned } = tasteAt(shopper, timeMs)
  const taste = rng.next() < turned ? now : before
  return rng.weighted(
    taste.shelves.map((liked, shelf) => {
      // A small shop has empty shelves.
      if (world.onShelf(shelf).length === 0) return 0
      return Math.exp(1.6 * liked + shopper.seasonality * world.season(shelf, timeMs))
    }),
  )
}

function* openHome(trip: Trip): Visit {
  const look = lookAt(trip, 'home', { limit: 12, shelf: trip.shopper.memory.shelf })
  yield* scan(trip, look, yield look, 0)
}

/** A page of the wanted shelf, found by browsing or by searching; without a plan, any. */
function* openResults(trip: Trip, page: number): Visit {
  const { rng, world } = trip
  const shelf = trip.shelf >= 0 ? trip.shelf : rng.pick(world.products).shelf
  if (rng.next() < 0.4) return yield* search(trip, shelf)
  const look = lookAt(trip, 'category', { shelf, offset: rng.next() < 0.7 ? page * pageSize : 0 })
  yield* scan(trip, look, yield look, 0)
}

/** Types a query; where nothing comes, types it again with fewer words. */
function* search(trip: Trip, shelf: number): Visit {
  const { rng } = trip
  let terms = searchTerms(trip, shelf)
  for (let attempt = 0; attempt < 3; attempt++) {
    pause(trip, 4, 12)
    yield { kind: 'act', type: 'search', product: -1, timeMs: trip.timeMs, name: 'Searched', query: terms.text }
    const look = lookAt(trip, 'search', { shelf, terms })
    const listing = yield look
    if (listing.products.length > 0) return yield* scan(trip, look, listing, 0)
    if (rng.next() < 0.2) return
    terms = plainTerms(shelf)
  }
}

/** Goes down a list, clicks what appeals, and comes back to it. `depth` counts the pages that led here. */
function* scan(trip: Trip, look: Look, listing: Listing, depth: number): Visit {
  const { world, shopper, rng, seen } = trip
  for (let place = 0; place < listing.products.length; place++) {
    if (rng.next() > (1 + place / 3) ** -0.75) continue
    const product = world.products[listing.products[place]]
    if (product === undefined || seen.has(product.index)) continue
    const appeal = world.appeal(shopper, product, look) + relevance(trip, product)
    if (rng.next() > slipRate + sigmoid(2.2 * (appeal - 3.2))) continue
    const source = { queryId: listing.queryId ?? undefined, position: listing.tracked ? place + 1 : undefined }
    if (listing.tracked) {
      pause(trip, 3, 10)
      yield {
        kind: 'act',
        type: 'click',
        product: product.index,
        timeMs: trip.timeMs,
        name: clickName(look),
        ...source,
      }
    }
    yield* openProduct(trip, product, source, depth)
  }
}

function clickName({ surface }: Look): string {
  return surface === 'search' ? 'Product Clicked' : 'Recommendation Clicked'
}

/** How much this visit is about the product. */
function relevance({ shelf, product: wanted, purpose }: Trip, product: SimulatedProduct): number {
  if (product.index === wanted) return purpose === 'browse' ? 0 : 2
  return product.shelf === shelf ? 1 : -0.2
}

function* openProduct(
  trip: Trip,
  product: SimulatedProduct,
  source: Source,
  depth: number,
  name = 'Product Viewed',
): Visit {
  const { world, shopper, rng } = trip
  pause(trip, 2, 4)
  trip.seen.add(product.index)
  shopper.memory.shelf = product.shelf
  yield { kind: 'act', type: 'view', product: product.index, timeMs: trip.timeMs, name, ...source }
  pause(trip, 12, 60)
  const appeal = world.utility(shopper, product, trip.timeMs) + relevance(trip, product)
  const inCart = trip.cart.some((line) => line.product === product.index)
  if (!inCart && world.available(product.index, trip.timeMs) && rng.next() < cartRate(trip, product, appeal)) {
    trip.cart.push({ product: product.index, queryId: source.queryId })
    yield {
      kind: 'act',
      type: 'addToCart',
      product: product.index,
      timeMs: trip.timeMs,
      name: 'Added to Cart',
      quantity: 1,
      ...source,
    }
  }
  if (depth < 2 && rng.next() < 0.3) {
    const look = lookAt(trip, 'related', { limit: 8, product: product.index })
    yield* scan(trip, look, yield look, depth + 1)
  }
}

function cartRate(trip: Trip, product: SimulatedProduct, appeal: number): number {
  if (trip.purpose === 'rebuy' && product.index === trip.product) return 0.85
  return 0.17 * sigmoid(1.2 * (appeal - 2.6))
}

/** Looks at what goes with the cart, then buys it, or leaves it for another day. */
function* checkOut(trip: Trip): Visit {
  const { world, shopper, rng, cart } = trip
  if (cart.length === 0) return
  if (rng.next() < 0.6) {
    const look = lookAt(trip, 'cart', { limit: 6, product: cart[0].product })
    yield* scan(trip, look, yield look, 2)
  }
  pause(trip, 20, 120)
  const buys = rng.next() < (trip.purpose === 'browse' ? 0.28 : 0.62)
  const bought = buys ? cart.filter(() => rng.next() < 0.93) : []
  const left = cart.filter((line) => !bought.includes(line) && world.available(line.product, trip.timeMs))
  shopper.memory.cart = left.map((line) => line.product)
  shopper.memory.cartMs = trip.timeMs
  if (bought.length === 0) return
  const order = `${shopper.id}-${++shopper.memory.orders}`
  for (const { product, queryId } of bought) {
    const quantity = pieces(rng, shelves[world.products[product].shelf].rebuyDays !== null)
    remember(trip, product, quantity)
    yield { kind: 'act', type: 'purchase', product, timeMs: trip.timeMs, name: 'Purchased', quantity, order, queryId }
  }
}

function pieces(rng: Rng, consumable: boolean): number {
  return rng.next() < (consumable ? 0.65 : 0.94) ? 1 : 2 + rng.int(consumable ? 3 : 1)
}

function remember({ shopper, world, rng, timeMs }: Trip, product: number, quantity: number): void {
  const { bought, due } = shopper.memory
  const { rebuyDays } = shelves[world.products[product].shelf]
  // Deleted first, so that the map stays in order of the latest purchase.
  bought.delete(product)
  bought.set(product, timeMs)
  if (rebuyDays === null) return
  const lastsDays = rebuyDays * Math.sqrt(quantity) * Math.exp(rng.normal() * 0.25)
  due.set(product, timeMs + lastsDays * dayMs)
}

type LookDetails = Partial<Pick<Look, 'limit' | 'offset' | 'shelf' | 'product' | 'terms'>>

function lookAt(trip: Trip, surface: LookSurface, details: LookDetails): Look {
  pause(trip, 1, 3)
  return {
    kind: 'look',
    surface,
    timeMs: trip.timeMs,
    limit: pageSize,
    offset: 0,
    shelf: -1,
    product: -1,
    terms: null,
    gender: trip.shopper.gender,
    ...details,
  }
}

function pause(trip: Trip, leastSeconds: number, mostSeconds: number): void {
  trip.timeMs += Math.round((leastSeconds + trip.rng.next() * (mostSeconds - leastSeconds)) * 1000)
}
