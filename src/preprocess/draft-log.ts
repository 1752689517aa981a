/**
 * The log while it is being cleaned: columns that grow, and a mark on every row that a rule has struck out.
 *
 * About 50 bytes an event, besides the texts of searches and answers.
 */
import { createVocabulary, type Vocabulary } from '../base/vocabulary.ts'
import { nothingRefused } from '../domain/consent.ts'
import { type EventType, eventTypeIndex, eventTypes, type ShopEvent } from '../domain/event.ts'
import type { ItemId, QueryId, UserId } from '../domain/ids.ts'
import type { BehaviourLog } from './behaviour-log.ts'
import { cutSessions } from './sessions.ts'

export interface DraftLog {
  readonly length: number
  readonly users: Vocabulary<UserId>
  readonly items: Vocabulary<ItemId>
  readonly userIndex: Int32Array
  readonly itemIndex: Int32Array
  readonly type: Uint8Array
  readonly timeMs: Float64Array
  readonly quantity: Float32Array
  readonly priceMinor: Float32Array
  readonly position: Int32Array
  /** Number of the order a purchase or return names; -1 where it names none, and for everything else. */
  readonly namedOrder: Int32Array
  /** 1 for an event that carries a rating: no page event, however fast they follow each other. */
  readonly rated: Uint8Array
  readonly dropped: Uint8Array
  readonly refused: Uint8Array
  readonly query: (string | null)[]
  readonly queryId: (QueryId | null)[]
  /** How many events of the type were pushed. */
  countOf(type: EventType): number
  push(event: ShopEvent): void
}

export function createDraftLog(): DraftLog {
  const orders = createVocabulary()
  const counts = new Float64Array(eventTypes.length)
  const columns = allocate(1024)
  let length = 0
  const draft = {
    get length() {
      return length
    },
    users: createVocabulary<UserId>(),
    items: createVocabulary<ItemId>(),
    query: [] as (string | null)[],
    queryId: [] as (QueryId | null)[],
    ...columns,
    countOf: (type: EventType) => counts[eventTypeIndex(type)],
    push: (event: ShopEvent) => {
      if (length === draft.type.length) grow(draft, length * 2)
      const row = length++
      const user = draft.users.add(event.userId)
      const ordered = (event.type === 'purchase' || event.type === 'return') && event.orderId !== null
      draft.userIndex[row] = user
      draft.itemIndex[row] = event.itemId === null || event.type === 'search' ? -1 : draft.items.add(event.itemId)
      draft.type[row] = eventTypeIndex(event.type)
      draft.timeMs[row] = event.timeMs
      draft.quantity[row] = event.quantity
      draft.priceMinor[row] = event.priceMinor ?? Number.NaN
      draft.position[row] = event.position ?? 0
      draft.namedOrder[row] = ordered ? orders.add(`${user} ${event.orderId}`) : -1
      draft.refused[row] = event.refused ?? nothingRefused
      draft.rated[row] = event.rating === null ? 0 : 1
      draft.query.push(event.query)
      draft.queryId.push(event.queryId)
      counts[draft.type[row]]++
    },
  }
  return draft
}

type Columns = ReturnType<typeof allocate>

function allocate(capacity: number) {
  return {
    userIndex: new Int32Array(capacity),
    itemIndex: new Int32Array(capacity),
    type: new Uint8Array(capacity),
    timeMs: new Float64Array(capacity),
    quantity: new Float32Array(capacity),
    priceMinor: new Float32Array(capacity),
    position: new Int32Array(capacity),
    namedOrder: new Int32Array(capacity),
    rated: new Uint8Array(capacity),
    dropped: new Uint8Array(capacity),
    refused: new Uint8Array(capacity),
  }
}

function grow(columns: Columns, capacity: number): void {
  const larger = allocate(capacity)
  for (const name of Object.keys(larger) as (keyof Columns)[]) larger[name].set(columns[name])
  Object.assign(columns, larger)
}

/** What is left, in the given order of rows, with users, items, visits and orders numbered as they first appear. */
export function finishLog(draft: DraftLog, order: Int32Array, gapMs: number): BehaviourLog {
  const rows = order.filter((row) => draft.dropped[row] === 0)
  const users = createVocabulary<UserId>()
  const items = createVocabulary<ItemId>()
  const userIndex = Int32Array.from(rows, (row) => users.add(draft.users.idOf(draft.userIndex[row])))
  const itemIndex = Int32Array.from(rows, (row) =>
    draft.itemIndex[row] < 0 ? -1 : items.add(draft.items.idOf(draft.itemIndex[row])),
  )
  const timeMs = Float64Array.from(rows, (row) => draft.timeMs[row])
  const { session } = cutSessions(userIndex, timeMs, users.size, gapMs)
  return {
    length: rows.length,
    users,
    items,
    userIndex,
    itemIndex,
    type: Uint8Array.from(rows, (row) => draft.type[row]),
    timeMs,
    quantity: Float32Array.from(rows, (row) => draft.quantity[row]),
    priceMinor: Float32Array.from(rows, (row) => draft.priceMinor[row]),
    position: Int32Array.from(rows, (row) => draft.position[row]),
    session,
    order: numberOrders(draft, rows, session),
    refused: Uint8Array.from(rows, (row) => draft.refused[row]),
    query: Array.from(rows, (row) => draft.query[row]),
    queryId: Array.from(rows, (row) => draft.queryId[row]),
  }
}

/** Purchases that name no order are one basket for each visit. */
function numberOrders(draft: DraftLog, rows: Int32Array, session: Int32Array): Int32Array {
  const purchase = eventTypeIndex('purchase')
  const numbers = new Map<number, number>()
  return Int32Array.from(rows, (row, at) => {
    if (draft.type[row] !== purchase) return -1
    // Named orders are ≥ 0, visits stand below zero.
    const key = draft.namedOrder[row] >= 0 ? draft.namedOrder[row] : -1 - session[at]
    const known = numbers.get(key)
    if (known !== undefined) return known
    numbers.set(key, numbers.size)
    return numbers.size - 1
  })
}
