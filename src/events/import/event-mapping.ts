/**
 * Turns a row of a log into what a shopper did.
 *
 * A purchase of a negative number of pieces is a return, whatever the log calls it. A row that says too little is
 * refused with a reason; reasons are few and the same for every such row, so that they can be counted.
 */
import { type Static, Type } from '@sinclair/typebox'
import { hash32 } from '../../base/rng.ts'
import { eventTypes, type EventType } from '../../domain/event.ts'
import type { CatalogueId, ItemId, QueryId, UserId } from '../../domain/ids.ts'
import { readWrittenNumber } from '../../domain/written-number.ts'
import type { EventContent } from '../event-id.ts'
import type { TimeCheck } from '../event-time.ts'
import { compileField, fieldSchema, type ReadField, textOf } from './field.ts'
import type { Row } from './file-format.ts'
import { compileTime, madeUpMonth } from './time-format.ts'

const strict = { additionalProperties: false } as const
const field = Type.Optional(fieldSchema)

export const eventMappingSchema = Type.Object(
  {
    user: fieldSchema,
    /** `search`, `view`, `click`, `conversion`, `addToCart`, `purchase`, `return`, or a usual other word for one. */
    type: fieldSchema,
    time: Type.Union(
      [
        Type.Object({ column: Type.String({ minLength: 1 }), format: Type.String({ minLength: 1 }) }, strict),
        // Neither times nor an order: a time by chance (but always the same) in the month that stands for it.
        Type.Object({ unknown: Type.Literal(true) }, strict),
      ],
      {
        description: 'a time: {"column": …, "format": "s" | "ms" | "iso" | "dd/mm/yyyy hh:mm" …} or {"unknown": true}',
      },
    ),
    item: field,
    query: field,
    quantity: field,
    /** Of one piece, in major units. */
    price: field,
    order: field,
    rating: field,
    position: field,
    queryId: field,
    name: field,
    /** The decimal sign of numbers; `.` unless said. */
    decimal: Type.Optional(Type.Union([Type.Literal('.'), Type.Literal(',')])),
  },
  strict,
)

export type EventMapping = Static<typeof eventMappingSchema>

/** What a row says: the event, or why it is none; and the money in it, which counts in either case. */
export interface MappedEvent {
  readonly said: Said
  readonly event: EventContent | null
  readonly problem: string | null
  /** Pieces × price in major units; 0 where the row does not say. */
  readonly value: number
}

export type ReadEvent = (row: Row) => MappedEvent

const maximumIdLength = 512

const optionalNames = ['item', 'query', 'quantity', 'price', 'order', 'rating', 'position', 'queryId', 'name'] as const
const numbers = ['quantity', 'price', 'rating', 'position'] as const

export function compileEvents(mapping: EventMapping, catalogue: CatalogueId, timeProblem: TimeCheck): ReadEvent {
  const read = compileRow(mapping)
  return (row) => {
    const said = read(row)
    const value = (said.price ?? 0) * said.quantity || 0
    const problem = problemOf(said) ?? timeProblem(said.timeMs)
    return { said, event: problem === null ? toEvent(said, catalogue) : null, problem, value }
  }
}

/** What a row says, before anything is checked; a number that cannot be read is NaN. */
export interface Said {
  readonly type: EventType | null
  readonly userId: string | null
  readonly timeMs: number
  readonly itemId: string | null
  readonly query: string | null
  readonly queryId: string | null
  readonly orderId: string | null
  readonly name: string | null
  readonly quantity: number
  readonly price: number | null
  readonly rating: number | null
  readonly position: number | null
}

function compileRow(mapping: EventMapping): (row: Row) => Said {
  const user = compileField(mapping.user)
  const type = compileField(mapping.type)
  const time = compileEventTime(mapping.time)
  const fields = optionalNames.map((name) => [name, mapping[name]] as const)
  const read = Object.fromEntries(
    fields.map(([name, field]) => [name, field === undefined ? () => null : compileField(field)]),
  ) as Record<(typeof optionalNames)[number], ReadField>
  const number = (name: (typeof numbers)[number], row: Row) => {
    const text = read[name](row)
    return text === null ? null : readWrittenNumber(text, mapping.decimal)
  }
  return (row) => {
    const userId = user(row)
    const itemId = read.item(row)
    const quantity = number('quantity', row) ?? 1
    return {
      type: typeOf(type(row), quantity),
      userId,
      timeMs: time(row, userId, itemId),
      itemId,
      query: read.query(row),
      queryId: read.queryId(row),
      orderId: read.order(row),
      name: read.name(row),
      quantity,
      price: number('price', row),
      rating: number('rating', row),
      position: number('position', row),
    }
  }
}

function problemOf(said: Said): string | null {
  if (said.userId === null) return 'there is no user'
  if (said.type === null) return 'the type is unknown'
  if (said.type === 'search' && said.query === null) return 'a search has no query'
  if (said.type !== 'search' && said.itemId === null) return 'there is no item'
  if (said.userId.length > maximumIdLength || (said.itemId?.length ?? 0) > maximumIdLength) {
    return `an id is longer than ${maximumIdLength} characters`
  }
  const unread = numbers.find((name) => Number.isNaN(said[name]))
  if (unread !== undefined) return `the ${unread} is no number`
  if (said.quantity === 0) return 'the quantity is zero'
  if (said.price !== null && said.price < 0) return 'the price is negative'
  return Number.isNaN(said.timeMs) ? 'the time cannot be read' : null
}

function toEvent(said: Said, catalogue: CatalogueId): EventContent {
  const { type, position, price } = said
  return {
    catalogue,
    type: type as EventType,
    userId: said.userId as UserId,
    timeMs: said.timeMs,
    itemId: type === 'search' ? null : (said.itemId as ItemId),
    query: type === 'search' ? said.query : null,
    queryId: said.queryId as QueryId | null,
    position: position !== null && position >= 1 ? Math.round(position) : null,
    quantity: said.quantity,
    priceMinor: price === null ? null : Math.round(price * 100),
    rating: said.rating,
    orderId: said.orderId,
    name: said.name ?? 'import',
  }
}

type ReadEventTime = (row: Row, userId: string | null, itemId: string | null) => number

function compileEventTime(time: EventMapping['time']): ReadEventTime {
  if ('unknown' in time) {
    const { startMs, spanMs } = madeUpMonth
    return (_row, user, item) => startMs + Math.floor((hash32(`${user}\n${item}`) / 2 ** 32) * spanMs)
  }
  const read = compileTime(time.format)
  const { column } = time
  return (row) => {
    const value = row[column]
    return typeof value === 'string' && textOf(value) === null ? Number.NaN : read(value)
  }
}

/** Usual words for the types, in small letters without anything between. */
const synonyms: Readonly<Record<string, EventType>> = {
  ...Object.fromEntries(eventTypes.map((type) => [type.toLowerCase(), type])),
  query: 'search',
  pageview: 'view',
  detail: 'view',
  like: 'conversion',
  rating: 'conversion',
  cart: 'addToCart',
  basket: 'addToCart',
  add: 'addToCart',
  buy: 'purchase',
  order: 'purchase',
  sale: 'purchase',
  transaction: 'purchase',
  refund: 'return',
}

function typeOf(text: string | null, quantity: number): EventType | null {
  const type = text === null ? undefined : synonyms[text.toLowerCase().replace(/[^a-z]/g, '')]
  return type === 'purchase' && quantity < 0 ? 'return' : (type ?? null)
}
