/**
 * What every part that proposes items is given, and what it hands back.
 *
 * A surface is a list of sources: the first proposes, each later one fills the places that are still free.
 */
import type { Config } from '../base/config.ts'
import type { ItemId } from '../domain/ids.ts'
import type { Item } from '../domain/item.ts'
import type { FeatureSet } from '../features/feature-set.ts'
import type { Explanation } from '../models/model.ts'
import type { Profile, ProfileBook } from '../profiles/profile-book.ts'
import type { ContentIndex } from '../retrieve/content-index.ts'
import type { FilterParameters } from '../retrieve/filter.ts'
import type { SlateKinds } from '../retrieve/slate-kinds.ts'
import type { FacetHit, RecommendRequest } from './answer.ts'
import type { LiveCatalogue } from './live-catalogue.ts'
import type { LiveGeneration } from './live-generation.ts'
import type { Restrictions } from './restrictions.ts'
import type { Rhythm } from './rhythm.ts'
import type { Trends } from './trends.ts'

/** Everything a live shop knows, in memory. */
export interface Memory {
  readonly config: Config
  readonly catalogue: LiveCatalogue
  readonly content: ContentIndex
  readonly kinds: SlateKinds
  readonly profiles: ProfileBook
  readonly features: FeatureSet
  readonly trends: Trends
  readonly rhythm: Rhythm
  readonly restrictions: Restrictions
  /** `null` before the first one. */
  readonly generation: LiveGeneration | null
}

export interface Ask {
  readonly memory: Memory
  readonly request: RecommendRequest
  readonly nowMs: number
  /** How many items are wanted at most. */
  readonly limit: number
  /** `undefined` for a stranger. */
  readonly profile: Profile | undefined
  /** Whether the item may stand in this answer: on sale, within the restrictions, and not left out. */
  readonly accept: (item: Item | null | undefined) => item is Item
  /** The only items worth looking at, where they are known to be few; `null`: any may be accepted. */
  readonly few: () => ReadonlyMap<ItemId, Item> | null
}

export interface Proposal {
  readonly item: Item
  /** In [0, 1], comparable within one source. */
  readonly score: number
  readonly source: string
}

/** What speaks for one item, by the source that proposes it. */
export interface Reasons {
  readonly source: string
  /** How a model came to its score. */
  readonly explanation?: Explanation
  /** What the parts of `explanation.history` are about. */
  readonly history?: readonly ItemId[]
  /** The shopper's interests, or the words of the item looked at, that the item shares. */
  readonly shared?: readonly { readonly tag: string; readonly part: number }[]
}

export interface Proposals {
  /** Best first. */
  readonly list: readonly Proposal[]
  /** What the shopper is known by here, and how much each counts: what a composed list is held against. */
  readonly history?: readonly { readonly itemId: ItemId; readonly weight: number }[]
  /** The shopper's own items that speak most for each of these, strongest first. Asked only for what is shown. */
  readonly because?: (itemIds: readonly ItemId[]) => ReadonlyMap<ItemId, readonly ItemId[]>
  /** `null` where this source knows nothing of the item. */
  readonly reasons?: (itemId: ItemId) => Reasons | null
}

export type Source = (ask: Ask) => Proposals

export interface Plan {
  readonly sources: readonly Source[]
  /** Items this surface does not show to this shopper. */
  readonly leaveOut?: (ask: Omit<Ask, 'accept' | 'few'>) => Iterable<ItemId>
  /** What the question itself restricts the answer to. */
  readonly within?: (request: RecommendRequest) => FilterParameters
  /** Whether what the first source proposes is composed: mixed in kind, and as the shopper has them. */
  readonly composed?: boolean
  /** Whether a share of the places is kept for new items that fit the shopper. */
  readonly freshPlaces?: boolean
  /** Parameters without which the question makes no sense. */
  readonly needs?: 'itemId' | 'facetName'
  /** For the surface that answers with values of a facet rather than with items. */
  readonly facets?: (ask: Ask) => readonly FacetHit[]
}

export const nothing: Proposals = { list: [] }
