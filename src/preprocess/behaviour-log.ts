/**
 * The cleaned log: what is left of the events once every rule has had its say, as columns, oldest first.
 *
 * About 50 bytes an event. Rows are in order of time (ties in order of acceptance).
 */
import { nothingRefused, type Refusal } from '../domain/consent.ts'
import type { EventType } from '../domain/event.ts'
import { eventTypes } from '../domain/event.ts'
import type { ItemId, QueryId, UserId } from '../domain/ids.ts'
import type { Vocabulary } from '../base/vocabulary.ts'

export interface BehaviourLog {
  readonly length: number
  readonly users: Vocabulary<UserId>
  readonly items: Vocabulary<ItemId>
  readonly userIndex: Int32Array
  /** -1 for a search. */
  readonly itemIndex: Int32Array
  /** `eventTypeIndex`. */
  readonly type: Uint8Array
  readonly timeMs: Float64Array
  /** Pieces, ≥ 1; a return's are counted positive under type `return`. */
  readonly quantity: Float32Array
  /** Per piece in minor units; NaN where neither log nor catalogue knows. */
  readonly priceMinor: Float32Array
  /** 1-based position in the answer; 0 unknown. */
  readonly position: Int32Array
  /** Number of the visit; visits of one shopper are separated by 30 minutes of silence. Ascending by first event. */
  readonly session: Int32Array
  /** Number of the order or basket; -1 for events that are no purchase. */
  readonly order: Int32Array
  /** What a row must not be used for, as bits. */
  readonly refused: Uint8Array
  /** What was typed, for searches; `null` otherwise. */
  readonly query: readonly (string | null)[]
  readonly queryId: readonly (QueryId | null)[]
}

/** One row of the log as an object: what features and profiles remember, offline and online alike. */
export interface Behaviour {
  readonly userId: UserId
  readonly type: EventType
  readonly itemId: ItemId | null
  readonly timeMs: number
  readonly quantity: number
  /** Per piece in minor units; `null` where unknown. */
  readonly priceMinor: number | null
  /** 1-based; `null` where unknown. */
  readonly position: number | null
  readonly query: string | null
  readonly queryId: QueryId | null
  /** What it must not be used for; absent: nothing. */
  readonly refused?: Refusal
}

const nothingMore = {}

/** Row `at` of the log. */
export function behaviourAt(log: BehaviourLog, at: number): Behaviour {
  const item = log.itemIndex[at]
  const price = log.priceMinor[at]
  return {
    userId: log.users.idOf(log.userIndex[at]),
    type: eventTypes[log.type[at]],
    itemId: item < 0 ? null : log.items.idOf(item),
    timeMs: log.timeMs[at],
    quantity: log.quantity[at],
    priceMinor: Number.isNaN(price) ? null : price,
    position: log.position[at] || null,
    query: log.query[at],
    queryId: log.queryId[at],
    ...(log.refused[at] === nothingRefused ? nothingMore : { refused: log.refused[at] }),
  }
}
