/**
 * The people of the simulated shop: each with tastes that last, habits, a purse, and a memory of what they did.
 *
 * A taste is a vector over shelves, brands, colours, styles and the hidden character of products; it drifts slowly, and
 * may be made to change at once. Activity follows a heavy tail: a few come every day, most once in a while. Accounts
 * (`U00042`) stay; strangers (`guest-…`) come along over time and leave after a visit or two.
 */
import { dayMs } from '../base/clock.ts'
import type { Rng } from '../base/rng.ts'
import { brandCount, hiddenFactors, type SimulatedProduct } from './catalogue.ts'
import { colours, departments, shelves, styles } from './goods.ts'

export interface Taste {
  /** By shelf: -1.3 for what they never look for, up to 2.4. */
  readonly shelves: Float32Array
  readonly brands: Float32Array
  readonly colours: Float32Array
  readonly styles: Float32Array
  readonly hidden: Float32Array
  /** The tier they are used to pay, on the scale of `SimulatedProduct.tier`. */
  readonly tier: number
}

/** From `fromMs` on the taste turns, over `overMs`, into this one. */
export interface TastePhase {
  readonly fromMs: number
  readonly overMs: number
  readonly taste: Taste
}

/** What a shopper remembers from visit to visit. Changed by `visits.ts` only. */
export interface Memory {
  /** Product → time of the latest purchase. */
  readonly bought: Map<number, number>
  /** Consumable → when it will have been used up. */
  readonly due: Map<number, number>
  /** Products left in the cart. */
  cart: number[]
  cartMs: number
  orders: number
  /** Shelf of the latest product looked at; -1 before the first. */
  shelf: number
}

export interface Shopper {
  readonly id: string
  readonly joinedMs: number
  readonly leftMs: number
  readonly visitsPerDay: number
  /** The hour of the day (UTC) they like best. */
  readonly hour: number
  /** How much likelier a visit is on a weekend day. */
  readonly weekend: number
  /** How strongly seasons move them. */
  readonly seasonality: number
  /** Share of visits without a plan. */
  readonly exploration: number
  /** Pages of results they look at in a visit, on average. */
  readonly patience: number
  /** Index into `genders`: whose fashion they buy. */
  readonly gender: number
  /** Oldest first; the first holds from the beginning. */
  readonly phases: TastePhase[]
  readonly memory: Memory
}

export interface ShopperSpan {
  readonly fromMs: number
  readonly untilMs: number
}

/** Share of accounts that open within the simulated time. */
const joinShare = 0.25
const strangersPerAccountAndDay = 0.006

export function createShoppers(
  rng: Rng,
  products: readonly SimulatedProduct[],
  count: number,
  span: ShopperSpan,
): Shopper[] {
  const accounts = Array.from({ length: count }, (_, index) => createAccount(rng, products, index, span))
  const lengthMs = span.untilMs - span.fromMs
  const strangers = Math.round((count * strangersPerAccountAndDay * lengthMs) / dayMs)
  for (let each = 0; each < strangers; each++) {
    accounts.push(createStranger(rng, products, span.fromMs + Math.floor(rng.next() * lengthMs)))
  }
  return accounts
}

function createAccount(rng: Rng, products: readonly SimulatedProduct[], index: number, span: ShopperSpan): Shopper {
  const lengthMs = span.untilMs - span.fromMs
  const joinedMs = span.fromMs + Math.floor(rng.next() < joinShare ? rng.next() * lengthMs : -rng.next() * 365 * dayMs)
  const shopper = createShopper(rng, products, `U${String(index + 1).padStart(5, '0')}`, joinedMs)
  // Slow drift: some time on the way, about a quarter of the taste is exchanged over two months.
  const turnMs = span.fromMs + Math.floor(rng.next() * lengthMs)
  shopper.phases.push({
    fromMs: turnMs,
    overMs: 60 * dayMs,
    taste: variedTaste(rng, products, shopper.phases[0].taste, 0.25),
  })
  return shopper
}

/** Somebody who has never been here: one or a few visits within days, then gone. */
export function createStranger(rng: Rng, products: readonly SimulatedProduct[], joinedMs: number): Shopper {
  const token = Math.floor(rng.next() * 2 ** 40).toString(36)
  const shopper = createShopper(rng, products, `guest-${token}`, joinedMs)
  return { ...shopper, visitsPerDay: 0.4, leftMs: joinedMs + Math.ceil(1 + rng.next() * 4) * dayMs }
}

function createShopper(rng: Rng, products: readonly SimulatedProduct[], id: string, joinedMs: number): Shopper {
  return {
    id,
    joinedMs,
    leftMs: Number.POSITIVE_INFINITY,
    // Log-normal with σ = 1: the middle shopper comes every 16 days, the busiest tenth every 4.
    visitsPerDay: Math.min(2, 0.063 * Math.exp(rng.normal())),
    hour: rng.next() < 0.65 ? 20 : 12,
    weekend: 0.6 + rng.next() * 1.4,
    seasonality: 0.3 + rng.next() * 0.7,
    exploration: 0.05 + rng.next() * 0.2,
    patience: 1.3 + rng.next() * 1.7,
    gender: 1 + rng.weighted([5, 4, 0.7]),
    phases: [{ fromMs: Number.NEGATIVE_INFINITY, overMs: 0, taste: createTaste(rng, products) }],
    memory: { bought: new Map(), due: new Map(), cart: [], cartMs: 0, orders: 0, shelf: -1 },
  }
}

function createTaste(rng: Rng, products: readonly SimulatedProduct[]): Taste {
  const taste: Taste = {
    shelves: new Float32Array(shelves.length).fill(-1.3),
    brands: new Float32Array(brandCount),
    colours: Float32Array.from({ length: colours.length }, () => rng.normal() * 0.35),
    styles: Float32Array.from({ length: styles.length }, () => rng.normal() * 0.45),
    hidden: Float32Array.from({ length: hiddenFactors }, () => rng.normal()),
    tier: rng.normal() * 0.35,
  }
  // The first departments are everybody's, the last a few people's.
  const weights = departments.map((_, rank) => (rank + 2) ** -0.6)
  for (let department = 0; department < 2 + rng.int(2); department++) {
    addInterests(rng, taste, departments[rng.weighted(weights)], 2 + rng.int(3))
  }
  for (let brand = 0; brand < 10; brand++) addBrand(rng, taste, products)
  return taste
}

function addInterests(rng: Rng, taste: Taste, department: string, count: number): void {
  const own = shelves.flatMap((shelf, index) => (shelf.path[0] === department ? [index] : []))
  for (const index of rng.shuffle(own).slice(0, count)) {
    taste.shelves[index] = Math.min(2.4, 0.6 - Math.log(1 - rng.next()) * 0.7)
  }
}

/** Likes (or, one time in four, dislikes) the brand of something on a shelf they care for. */
function addBrand(rng: Rng, taste: Taste, products: readonly SimulatedProduct[]): void {
  for (let attempt = 0; attempt < 20; attempt++) {
    const product = rng.pick(products)
    if (taste.shelves[product.shelf] <= 0) continue
    taste.brands[product.brand] = rng.next() < 0.75 ? 0.5 + rng.next() : -0.5 - rng.next()
    return
  }
}

/** The taste with `share` of it exchanged for a new one's: 0 leaves it, 1 makes another person. */
export function variedTaste(rng: Rng, products: readonly SimulatedProduct[], taste: Taste, share: number): Taste {
  const fresh = createTaste(rng, products)
  const mixed = (before: Float32Array, after: Float32Array): Float32Array =>
    before.map((value, at) => (rng.next() < share ? after[at] : value))
  return {
    shelves: mixed(taste.shelves, fresh.shelves),
    brands: mixed(taste.brands, fresh.brands),
    colours: mixed(taste.colours, fresh.colours),
    styles: mixed(taste.styles, fresh.styles),
    hidden: mixed(taste.hidden, fresh.hidden),
    tier: rng.next() < share ? fresh.tier : taste.tier,
  }
}

/** How much the taste has to do with the product: about -3 to 4. */
function liking(taste: Taste, product: SimulatedProduct): number {
  let hidden = 0
  for (let factor = 0; factor < hiddenFactors; factor++) hidden += taste.hidden[factor] * product.hidden[factor]
  const dearer = product.tier - taste.tier
  return (
    taste.shelves[product.shelf] +
    0.8 * taste.brands[product.brand] +
    (product.colour < 0 ? 0 : taste.colours[product.colour]) +
    taste.styles[product.style] +
    (0.8 * hidden) / Math.sqrt(hiddenFactors) +
    0.65 * product.quality -
    0.7 * dearer * dearer
  )
}

/** The taste at a time: `turned` of the way (0 to 1) from the one before to the one of now. */
export function tasteAt({ phases }: Shopper, timeMs: number): { before: Taste; now: Taste; turned: number } {
  let last = phases.length - 1
  while (last > 0 && phases[last].fromMs > timeMs) last--
  const { fromMs, overMs, taste: now } = phases[last]
  const turned = last === 0 || timeMs - fromMs >= overMs ? 1 : (timeMs - fromMs) / overMs
  return { before: turned < 1 ? phases[last - 1].taste : now, now, turned }
}

export function likingAt(shopper: Shopper, product: SimulatedProduct, timeMs: number): number {
  const { before, now, turned } = tasteAt(shopper, timeMs)
  return turned === 1 ? liking(now, product) : turned * liking(now, product) + (1 - turned) * liking(before, product)
}
