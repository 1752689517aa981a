/** What a shopper did: one event about at most one item. An order of three products is three events. */
import type { Refusal } from './consent.ts'
import type { CatalogueId, EventId, ItemId, QueryId, UserId } from './ids.ts'

/** In the order of rising commitment; the position in this list is the number that stands for it in arrays. */
export const eventTypes = ['search', 'view', 'click', 'conversion', 'addToCart', 'purchase', 'return'] as const
export type EventType = (typeof eventTypes)[number]

export function eventTypeIndex(type: EventType): number {
  return eventTypes.indexOf(type)
}

export interface ShopEvent {
  readonly id: EventId
  readonly catalogue: CatalogueId
  readonly type: EventType
  readonly userId: UserId
  /** Unix time in milliseconds. */
  readonly timeMs: number
  /** `null` for a search, or for an event about filters. */
  readonly itemId: ItemId | null
  /** What was typed, for a search; otherwise `null`. */
  readonly query: string | null
  /** The exposure this event answers, where the front end named it. */
  readonly queryId: QueryId | null
  /** 1-based place in the answer that was clicked. */
  readonly position: number | null
  /** Pieces; negative in raw logs of returns. 1 where the log does not say. */
  readonly quantity: number
  /** What one piece cost, in minor units. */
  readonly priceMinor: number | null
  /** 1–5 or whatever the log uses; `null` where it has none. */
  readonly rating: number | null
  /** Invoice, order or basket number: what was bought together. */
  readonly orderId: string | null
  /** The front end's own name for the event. */
  readonly name: string
  /** What it must not be used for; absent: nothing. */
  readonly refused?: Refusal
}
