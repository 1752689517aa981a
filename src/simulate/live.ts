/**
 * Shoppers who come now: simulated people who visit a live shop, act on what it shows, and tell it what they did.
 *
 * The same visits as in the past log, with the home page, the product page's neighbours and the cart's companions
 * answered through a `ShopDoor`, and searches where it answers them; category pages stay the shop's own. Everything done before a page opens has
 * been sent when the door is asked for it, so a shop that learns at once shows it at once.
 */
import { createRng } from '../base/rng.ts'
import { returnOf } from './history.ts'
import { insightsEvents } from './insights-event.ts'
import { visitRate } from './rhythm.ts'
import { recommendedPages, type ShopDoor } from './shop-door.ts'
import type { Shopper } from './shoppers.ts'
import type { Listing, Look } from './storefront.ts'
import { type Act, nothing, visit } from './visits.ts'
import type { World } from './world.ts'

export interface LiveOptions {
  readonly seed?: number | string
  /** Name of the catalogue the events are about. */
  readonly index?: string
  readonly currency?: string
  /** Share of visits by people who have never been here. */
  readonly strangers?: number
  /** Seconds of the clock for each second of a visit: 1 for real, 0.01 where visits follow each other in a hurry. */
  readonly pace?: number
}

export interface VisitOutcome {
  readonly shopper: Shopper
  readonly startMs: number
  readonly endMs: number
  /** Products shown through the door, and clicks on them. */
  readonly impressions: number
  readonly clicks: number
  /** Of the whole visit, whatever led to them. */
  readonly carts: number
  readonly purchases: number
  readonly revenueMinor: number
  /** Mean true appeal of what was shown, and of the best that could have been; `null` where nothing was asked. */
  readonly expectedUtility: number | null
  readonly bestUtility: number | null
  /** Products that people sent back since the visit before. */
  readonly returned: readonly string[]
}

export interface LiveShoppers {
  /** Somebody comes at `nowMs`, which must not go backwards; `shopper` says who, otherwise chance. */
  playVisit(nowMs: number, shopper?: Shopper): Promise<VisitOutcome>
}

export function createLiveShoppers(world: World, door: ShopDoor, options: LiveOptions = {}): LiveShoppers {
  const { seed = 'live', index = 'products', currency = 'EUR', strangers = 0.1, pace = 1 } = options
  const rng = createRng(`simulated-visits/${world.options.seed}/${seed}`)
  let sentBack: { shopper: Shopper; act: Act }[] = []

  const comer = (nowMs: number): Shopper => {
    if (rng.next() < strangers) return world.welcome(nowMs)
    const rates = world.shoppers.map((shopper) => visitRate(shopper, nowMs))
    return rates.some((rate) => rate > 0) ? world.shoppers[rng.weighted(rates)] : world.welcome(nowMs)
  }
  const sendReturns = async (nowMs: number): Promise<string[]> => {
    const due = sentBack.filter(({ act }) => act.timeMs <= nowMs)
    if (due.length === 0) return []
    sentBack = sentBack.filter(({ act }) => act.timeMs > nowMs)
    await door.send(due.flatMap(({ shopper, act }) => insightsEvents(world, shopper, [act], { index, currency })))
    return due.map(({ act }) => world.products[act.product].record.objectID)
  }

  return {
    playVisit: async (nowMs, shopper = comer(nowMs)) => {
      const returned = await sendReturns(nowMs)
      const tally = createTally(world, shopper)
      const atPace = (timeMs: number): number => Math.round(nowMs + (timeMs - nowMs) * pace)
      let unsent: Act[] = []
      let endMs = nowMs
      const send = async (): Promise<void> => {
        if (unsent.length > 0) await door.send(insightsEvents(world, shopper, unsent, { index, currency }))
        unsent = []
      }
      const steps = visit(world, shopper, nowMs, rng)
      let step = steps.next()
      while (!step.done) {
        const timeMs = atPace(step.value.timeMs)
        endMs = Math.max(endMs, timeMs)
        if (step.value.kind === 'look') {
          await send()
          step = steps.next(await open({ ...step.value, timeMs }, { world, shopper, door, tally }))
          continue
        }
        const act = { ...step.value, timeMs }
        unsent.push(act)
        tally.count(act)
        const back = act.type === 'purchase' ? returnOf(world, act, rng) : null
        if (back !== null) sentBack.push({ shopper, act: back })
        step = steps.next(nothing)
      }
      await send()
      return { shopper, startMs: nowMs, endMs, ...tally.outcome(), returned }
    },
  }
}

interface Opening {
  readonly world: World
  readonly shopper: Shopper
  readonly door: ShopDoor
  readonly tally: Tally
}

async function open(look: Look, { world, shopper, door, tally }: Opening): Promise<Listing> {
  if (look.surface === 'search' && look.terms !== null && door.search !== undefined) {
    const { limit, offset, timeMs } = look
    const asked = { query: look.terms.text, userToken: shopper.id, limit, offset, timeMs }
    const { queryID, objectIDs } = await door.search(asked)
    return { queryId: queryID, tracked: true, products: numbersOf(world, objectIDs) }
  }
  const surface = recommendedPages[look.surface]
  // The live shop has not seen the old storefront's answers: their ids would mean nothing to it.
  if (surface === undefined) return { ...world.storefront.answer(look), queryId: null, tracked: false }
  const { queryID, objectIDs } = await door.recommend({
    surface,
    userToken: shopper.id,
    limit: look.limit,
    timeMs: look.timeMs,
    ...(look.product >= 0 && { objectID: world.products[look.product].record.objectID }),
  })
  const products = numbersOf(world, objectIDs)
  tally.show(look, products)
  return { queryId: queryID, tracked: true, products }
}

/** A product the world does not know keeps its place on the page and appeals to nobody. */
function numbersOf(world: World, objectIDs: readonly string[]): number[] {
  return objectIDs.map((objectID) => world.productOf(objectID)?.index ?? -1)
}

type Tally = ReturnType<typeof createTally>

function createTally(world: World, shopper: Shopper) {
  const counts = { impressions: 0, clicks: 0, carts: 0, purchases: 0, revenueMinor: 0 }
  let judged = 0
  let shown = 0
  let best = 0
  const sumAppeal = (look: Look, products: readonly number[]): number =>
    products.reduce((sum, product) => sum + world.appeal(shopper, world.products[product], look), 0)
  return {
    show: (look: Look, products: readonly number[]) => {
      const known = products.filter((product) => product >= 0)
      counts.impressions += products.length
      judged += known.length
      shown += sumAppeal(look, known)
      best += sumAppeal(look, world.best(shopper, look, known.length))
    },
    count: ({ type, product, quantity = 1 }: Act) => {
      if (type === 'view') world.storefront.count(product, 1)
      if (type === 'click') counts.clicks++
      if (type === 'addToCart') counts.carts++
      if (type !== 'purchase') return
      world.storefront.count(product, 5)
      counts.purchases++
      counts.revenueMinor += world.products[product].priceMinor * quantity
    },
    outcome: () => ({
      ...counts,
      expectedUtility: judged === 0 ? null : shown / judged,
      bestUtility: judged === 0 ? null : best / judged,
    }),
  }
}
