/**
 * How simulated shoppers reach a live shop: ask for recommendations, send what they did. Behind the door may be Haggle
 * over HTTP, Haggle in this process, or one of the three policies below, which say how well or badly one could do.
 */
import type { Rng } from '../base/rng.ts'
import type { InsightsEvent } from './insights-event.ts'
import type { LookSurface } from './storefront.ts'
import type { World } from './world.ts'

export interface ShopRequest {
  /** `recommended-for-you`, `related-products` or `bought-together`. */
  readonly surface: string
  readonly userToken: string
  /** The product looked at or in the cart; absent on the home page. */
  readonly objectID?: string
  readonly limit: number
  readonly timeMs: number
}

export interface ShopAnswer {
  readonly queryID: string | null
  /** Best first. */
  readonly objectIDs: readonly string[]
}

export interface SearchAsked {
  readonly query: string
  readonly userToken: string
  readonly limit: number
  readonly offset: number
  readonly timeMs: number
}

export interface ShopDoor {
  recommend(request: ShopRequest): Promise<ShopAnswer>
  /** Absent where the shop's old search goes on. */
  search?(request: SearchAsked): Promise<ShopAnswer>
  send(events: readonly InsightsEvent[]): Promise<void>
}

/** The pages that a recommender fills, by the surface it is asked for. */
export const recommendedPages: Readonly<Partial<Record<LookSurface, string>>> = {
  home: 'recommended-for-you',
  related: 'related-products',
  cart: 'bought-together',
}

/** Anything that can be had. */
export function randomDoor(world: World, rng: Rng): ShopDoor {
  return policyDoor(world, ({ limit, timeMs }) => {
    const offered = world.products.flatMap(({ index }) => (world.available(index, timeMs) ? [index] : []))
    return rng.shuffle(offered).slice(0, limit)
  })
}

/** The bestsellers; on a product's page and in the cart those of its shelf. */
export function popularDoor(world: World): ShopDoor {
  return policyDoor(world, ({ objectID, limit, timeMs }) => {
    const shelf = objectID === undefined ? -1 : (world.productOf(objectID)?.shelf ?? -1)
    return world.storefront.bestsellers(shelf, timeMs, limit)
  })
}

/** What appeals most to this very shopper: knows the truth, and cannot be beaten by much. */
export function oracleDoor(world: World): ShopDoor {
  return policyDoor(world, ({ surface, userToken, objectID, limit, timeMs }) => {
    const shopper = world.shoppers.find(({ id }) => id === userToken)
    const page = (Object.keys(recommendedPages) as LookSurface[]).find((name) => recommendedPages[name] === surface)
    if (shopper === undefined || page === undefined) return []
    const product = objectID === undefined ? -1 : (world.productOf(objectID)?.index ?? -1)
    return world.best(shopper, { surface: page, product, timeMs }, limit)
  })
}

function policyDoor(world: World, choose: (request: ShopRequest) => number[]): ShopDoor {
  return {
    recommend: async (request) => ({
      queryID: null,
      objectIDs: choose(request).map((index) => world.products[index].record.objectID),
    }),
    send: async () => undefined,
  }
}
