/** What is known of one shopper: interests, history, habits and the present visit. */
import type { EventType } from '../domain/event.ts'
import type { ItemId, UserId } from '../domain/ids.ts'
import type { Item } from '../domain/item.ts'
import type { Basket } from '../preprocess/baskets.ts'
import type { TagKind } from './item-tags.ts'

/** Something a shopper leans towards, e.g. `brand:Acme`, `category:Shoes > Boots`, `word:leather`. */
export interface InterestTag {
  readonly tag: string
  readonly kind: TagKind
  /** Decayed strength, > 0; comparable within one profile. */
  readonly strength: number
  /** How many events speak for it, undecayed. */
  readonly evidence: number
  readonly lastMs: number
}

export interface HistoryEntry {
  readonly itemId: ItemId
  /** Summed weights of the events with this item, as of their time (undecayed). */
  readonly weight: number
  readonly firstMs: number
  readonly lastMs: number
  readonly views: number
  readonly carts: number
  /** Net of returns; ≥ 0. A return of half the pieces takes half a purchase back. */
  readonly purchases: number
  /** Pieces kept; ≥ 0. */
  readonly pieces: number
  /** `null` where it was never bought. */
  readonly lastPurchaseMs: number | null
  /** The purchase before that one; `null` where there was none. */
  readonly previousPurchaseMs: number | null
}

/** Mean and standard deviation of what was seen, each value counting by the weight of its event. */
export interface Average {
  readonly weight: number
  /** 0 where nothing was seen. */
  readonly mean: number
  readonly spread: number
}

export interface Profile {
  readonly userId: UserId
  readonly eventCount: number
  readonly firstMs: number
  readonly lastMs: number
  /** Oldest first by `lastMs`; at most 500 items, the oldest fall out. */
  readonly history: readonly HistoryEntry[]
  /** How many items `history` has. */
  readonly historyLength: number
  /** What was done with one item, where it is still in the history. */
  entry(itemId: ItemId): HistoryEntry | undefined
  /** What was bought, basket by basket, oldest first; the latest 50. */
  readonly baskets: readonly Readonly<Basket<ItemId>>[]
  /** Items of the present visit (less than 30 minutes of silence before `nowMs`), oldest first; the latest 50. */
  session(nowMs: number): readonly ItemId[]
  /** Strongest first, decayed to `nowMs`. */
  interests(nowMs: number, limit?: number): InterestTag[]
  /** Decayed strength of one tag; 0 when unknown. */
  interest(tag: string, nowMs: number): number
  /** Mean decayed strength of the item's tags, telling tags counting more; 0 when none is known. */
  interestIn(item: Item, nowMs: number): number
  /** The same for the present visit alone. */
  sessionInterestIn(item: Item, nowMs: number): number
  /** Share of the tag among the shopper's tags of its kind, 0 to 1; 0 when unknown. Categories of one depth are one kind. */
  share(tag: string): number
  /** How widely interests of a kind spread: 0 one tag only, 1 evenly over many; NaN where there are none. */
  diversity(kind: TagKind): number
  /** The latest 50, oldest first. */
  readonly searches: readonly { readonly query: string; readonly timeMs: number }[]
  count(type: EventType): number
  /** Days with an event. */
  readonly activeDays: number
  readonly visits: number
  /** From first to last event of each visit, summed. */
  readonly visitsMs: number
  /** Events by hour of the day, UTC. */
  readonly hours: readonly number[]
  /** Events by day of the week, UTC, Sunday first. */
  readonly weekdays: readonly number[]
  /** Of log(1 + price) of what was looked at, kept and bought. */
  readonly logPrice: Average
  /** Of the place of those prices within their categories, −½ cheapest to ½ dearest. */
  readonly priceBand: Average
  /** The latest 20 durations from the first event with an item to its first purchase. */
  readonly daysToPurchase: readonly number[]
  /** Purchases a visit apart, counted. */
  readonly purchaseOccasions: number
  readonly lastPurchaseMs: number | null
  /** The latest 20 durations between those. */
  readonly daysBetweenPurchases: readonly number[]
}
