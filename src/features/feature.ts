/**
 * A signal about a shopper and an item: one file each, the same value offline and online, nothing from the future.
 *
 * Offline the log is replayed: for each event first `value` is asked (the past only), then `remember` is told. Online
 * the same memory is told of each event as it is accepted. Add one: write `features/<name>.ts`, list it in
 * `features/index.ts`, run the suite.
 */
import type { ItemId, UserId } from '../domain/ids.ts'
import type { Item } from '../domain/item.ts'
import type { Behaviour } from '../preprocess/behaviour-log.ts'
import type { ProfileBook } from '../profiles/profile-book.ts'
import type { ShopCounters } from './shop-counters.ts'

export interface FeatureRequest {
  /** `null` for a stranger. */
  readonly userId: UserId | null
  readonly timeMs: number
}

/** What every feature may look at; shared by all of them. */
export interface FeatureContext {
  /** The catalogue as it is now; `undefined` for an item it does not hold. */
  readonly item: (itemId: ItemId) => Item | undefined
  /** Shoppers' profiles; told of each event before the features are. */
  readonly profiles: ProfileBook
  /** What the shop as a whole did with each item; told of each event before the features are. */
  readonly counters: ShopCounters
}

export interface Feature {
  readonly name: string
  /** One sentence for a merchandiser: what a high value means. */
  readonly meaning: string
  /** It is about the one who asks: 0 for a stranger. The others are the same for everybody. */
  readonly ofShopper?: true
  start(context: FeatureContext): FeatureMemory
}

export interface FeatureMemory {
  /** For what neither profiles nor counters keep. */
  remember?(behaviour: Behaviour): void
  /** Finite; 0 where nothing is known. */
  value(request: FeatureRequest, item: Item): number
}
