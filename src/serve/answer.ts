/** A question to a live shop and its answer, in the shop's own words; `http/` translates to and from the wire. */
import type { Refusal } from '../domain/consent.ts'
import type { CatalogueId, GenerationId, ItemId, QueryId, UserId } from '../domain/ids.ts'
import type { Item } from '../domain/item.ts'
import type { FilterParameters } from '../retrieve/filter.ts'

export const surfaces = [
  'recommended-for-you',
  'related-products',
  'bought-together',
  'looking-similar',
  'trending-items',
  'trending-facets',
  'recently-viewed',
  'buy-again',
  'session',
  'next-basket',
] as const
export type Surface = (typeof surfaces)[number]

export interface RecommendRequest {
  readonly catalogue: CatalogueId
  readonly surface: Surface
  /** `null` for a stranger. */
  readonly userId: UserId | null
  /** Whom the answer is noted to have been shown to; absent: the same. */
  readonly shownTo?: UserId | null
  /** What it must not be used for; absent: nothing. */
  readonly refused?: Refusal
  /** The item looked at, for related-products, bought-together and looking-similar. */
  readonly itemId?: ItemId
  /** For trending-items within a facet, and trending-facets. */
  readonly facetName?: string
  readonly facetValue?: string
  /** 1 to 1,000; the configuration's `recommend.limit` where absent. */
  readonly limit?: number
  /** Least score, 0 to 100. */
  readonly threshold?: number
  readonly restrictions?: FilterParameters
  /** Used where the answer falls short of `limit`. */
  readonly fallbackRestrictions?: FilterParameters
  /** What the key demands of every product: others are as if they were not, whatever asks for them. */
  readonly demanded?: readonly FilterParameters[]
  /** False for previews: nothing is logged. */
  readonly expose?: boolean
}

export interface Hit {
  readonly item: Item
  /** 0 to 100, falling. */
  readonly score: number
  /** Which part of the shop proposed it: a model's name, `content`, `trending`, `history`. */
  readonly source: string
  /** The shopper's own items that speak most for it, strongest first; may be empty. */
  readonly because: readonly ItemId[]
}

export interface FacetHit {
  readonly facetName: string
  readonly facetValue: string
  readonly score: number
}

export interface Answer {
  readonly queryId: QueryId
  readonly generation: GenerationId | null
  readonly surface: Surface
  readonly hits: readonly Hit[]
  /** Only for trending-facets. */
  readonly facets: readonly FacetHit[]
  readonly tookMs: number
}
