/** What one live catalogue answers and takes note of, and what it counts. */
import type { ShopEvent } from '../domain/event.ts'
import type { CatalogueId, GenerationId, ItemId, UserId } from '../domain/ids.ts'
import type { Item } from '../domain/item.ts'
import type { Lookups } from '../base/lookups.ts'
import type { ItemChange } from '../store/store.ts'
import type { Answer, RecommendRequest } from './answer.ts'
import type { browseItems, BrowseRequest, Habits, ProfileView, ShopperLine } from './browse.ts'
import type { Compared, CompareRequest } from './compare.ts'
import type { Explained, ExplainRequest } from './explain.ts'
import type { Mend } from './queries/rewrites.ts'
import type { SearchSettings } from './search-parameters.ts'
import type { SearchState } from './search-state.ts'
import type { BrowsePage, BrowsePlace, FacetRequest, SearchAnswer, SearchRequest, ShopSearch } from './shop-search.ts'
import type { Usage } from './usage.ts'

export interface LiveShop {
  readonly catalogue: CatalogueId
  /** `null` before the first one. */
  readonly generation: GenerationId | null
  /** The generation that should answer and could not be loaded: an earlier one or none answers. */
  readonly broken: GenerationId | null
  readonly itemCount: number
  /** Shoppers with a profile. */
  readonly shopperCount: number
  /** The last event of the log that was read at the start. */
  readonly sequence: number
  /** Exposures and counted searches that could not be written, since the start. */
  readonly exposuresLost: number
  item(itemId: ItemId): Item | undefined
  /** Takes note of events that are safe already; each once. */
  remember(events: readonly ShopEvent[]): void
  /** Takes note of changes that are safe already. */
  applyChanges(changes: readonly ItemChange[]): void
  /** Loads a generation, then swaps it in. Where it cannot be loaded, the present one stays, `broken` names it where it is damaged, and this rejects. */
  goLive(id: GenerationId | null): Promise<void>
  /** @throws `bad-request` where the question cannot be read. */
  recommend(request: RecommendRequest): Answer
  /** Asks what a search means where that takes asking; resolves once it is known, or too late. `undefined`: go ahead. */
  prepare(request: SearchRequest): Promise<void> | undefined
  /** @throws `bad-request` where a parameter cannot be read. */
  search(request: SearchRequest): SearchAnswer
  /** What a search would answer with other rules, synonyms and settings; nothing of it is logged or stays. */
  preview: ShopSearch['preview']
  /** What searches would answer if another generation were live; rejects with `not-found` where there is none such. */
  searchAs(id: GenerationId, requests: readonly SearchRequest[]): Promise<SearchAnswer[]>
  searchFacet(request: FacetRequest): ReturnType<ShopSearch['searchFacet']>
  /** Every product that answers a search. */
  matching(request: SearchRequest): ItemId[]
  browse(request: SearchRequest, from: BrowsePlace): BrowsePage
  /** What is set for the catalogue or a replica of it; `null` where there is neither of that name. */
  settings(index: string): SearchSettings | null
  /** Takes what a merchandiser set anew, from the next search on; false where it takes a new shop. */
  configure(state: SearchState): boolean
  /** Why an item is recommended, or not; rejects with `not-found` for an item or shopper that is not known. */
  explain(request: ExplainRequest): Promise<Explained>
  /** What two generations would have shown to the same shoppers, and what those then did. */
  compare(request: CompareRequest): Promise<Compared>
  /** What was learnt of a shopper; `null` for a stranger. */
  profile(userId: UserId, nowMs?: number): ProfileView | null
  /** How a shopper shops; `null` for a stranger. */
  habits(userId: UserId): Habits | null
  shoppers(text: string, limit: number): ShopperLine[]
  /** Items by words in their names, in order of arrival: for looking around, not for shoppers. */
  listItems(request: BrowseRequest): ReturnType<typeof browseItems>
  /** The signals about a shopper and an item by name; `null` for an item that is not in the catalogue. */
  signals(userId: UserId | null, itemId: ItemId): Readonly<Record<string, number>> | null
  /** Words that shoppers exchange for one another, for a merchandiser to judge; best founded first. */
  synonyms(): readonly Mend[]
  forget(userId: UserId): void
  /** Writes the shopper's page anew from what the store holds of them. */
  relearn(userId: UserId): Promise<void>
  /** Lets go of what was searched before that time. */
  forgetSearchesBefore(timeMs: number): void
  /** A visitor turned out to be `account`, who is to be read anew: what was searched is theirs. */
  rename(visitor: UserId, account: UserId): void
  /** Those of whom it has learnt anything that happened before. */
  shoppersBefore(timeMs: number): UserId[]
  /** Whether there is a profile of the shopper. */
  knows(userId: UserId): boolean
  /** Where in memory something of the shopper is held; empty: nowhere. */
  places(userId: UserId): string[]
  /** Resolves once every exposure so far is safe. */
  flush(): Promise<void>
  metrics(): ShopMetrics
  close(): Promise<void>
}

export interface ShopMetrics {
  readonly items: number
  readonly shoppers: number
  readonly generation: GenerationId | null
  readonly broken: GenerationId | null
  /** Events that taught something, and those the cleaning rules dropped, since the start. */
  readonly remembered: number
  readonly dropped: number
  readonly exposuresPending: number
  readonly exposuresLost: number
  readonly latencyMs: ReturnType<Usage['latencyMs']>
  readonly surfaces: ReturnType<Usage['surfaces']>
  /** How far each signal of what shoppers act on is from what it usually is, in deviations (features/feature-drift.ts). */
  readonly featureDrift: Readonly<Record<string, number>>
  /** What is kept at hand, by name. */
  readonly caches: Readonly<Record<string, Readonly<Lookups>>>
}
