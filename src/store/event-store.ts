/** What happened, kept in the order of acceptance: the log that everything is learnt from. */
import { type Insertable, type Kysely, type Selectable, sql } from 'kysely'
import { createBreathe } from '../base/breathe.ts'
import { nothingRefused } from '../domain/consent.ts'
import { type EventType, eventTypes, type ShopEvent } from '../domain/event.ts'
import type { CatalogueId, EventId, UserId } from '../domain/ids.ts'
import { createBulkStatement } from './bulk.ts'
import { wake } from './change-log.ts'
import { copyNewRows } from './copy-rows.ts'
import { mayServe } from './may-serve.ts'
import { dropMonths } from './months.ts'
import type { EventCounts, EventFilter, EventStore, Forgotten, StoredEvent } from './store.ts'
import { isPostgres } from './table-shapes.ts'
import { takeTurn } from './take-turn.ts'
import type { Tables } from './tables.ts'

type Row = Insertable<Tables['events']>

const columns = [
  'id',
  'catalogue',
  'type',
  'user_id',
  'time_ms',
  'item_id',
  'query',
  'query_id',
  'position',
  'quantity',
  'price_minor',
  'rating',
  'order_id',
  'name',
  'refused',
  'received_at_ms',
  'imported',
] as const satisfies readonly (keyof Row)[]

/** A page holds what lies in this many sequences: it bounds memory and how long one statement may run. */
const pageSequences = 5_000
/** Counting moves no rows, so its steps are longer. */
const countedSequences = 50_000
const countedUsers = 5_000

/** @param afterErase lets the database drop what it still holds of erased rows outside its tables */
export function createEventStore(db: Kysely<Tables>, afterErase: () => Promise<void>): EventStore {
  return {
    append: (events, receivedAtMs) =>
      db.transaction().execute(async (inside) => {
        const fresh = await insertEvents(inside, events, receivedAtMs, 'as they happen')
        if (fresh.size > 0) await wake(inside)
        return fresh
      }),
    lastSequence: async () => (await sequenceRange(db)).last,
    heard: (afterSequence, untilSequence) => hearEvents(db, afterSequence, untilSequence),
    scan: (filter) => scanEvents(db, filter),
    ofUser: async (catalogue, userId, limit) => {
      const rows = await db
        .selectFrom('events')
        .selectAll()
        .where('user_id', '=', userId)
        .where('catalogue', '=', catalogue)
        .orderBy('time_ms', 'desc')
        .orderBy('sequence', 'desc')
        .limit(limit)
        .execute()
      return rows.map(readRow)
    },
    latest: async (catalogue, limit) => {
      const rows = await db
        .selectFrom('events')
        .selectAll()
        .where('catalogue', '=', catalogue)
        .orderBy('sequence', 'desc')
        .limit(limit)
        .execute()
      return rows.map(readRow)
    },
    counts: (catalogue) => countEvents(db, catalogue),
    cataloguesOf: async (userId) => {
      const rows = await db
        .selectFrom('events')
        .select('catalogue')
        .where('user_id', '=', userId)
        .union(db.selectFrom('exposures').select('catalogue').where('user_id', '=', userId))
        .execute()
      return rows.map(({ catalogue }) => catalogue).sort()
    },
    forgetBefore: (timeMs) => forgetBefore(db, timeMs, afterErase),
  }
}

const insert = createBulkStatement<Row, { id: EventId; sequence: number }>(columns, (db, rows) =>
  db
    .insertInto('events')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .returning(['id', 'sequence']),
)

const ifNew = sql<{ id: EventId; sequence: number }>`on conflict do nothing returning id, sequence`

/** Writes what is new and returns its ids and places; must run inside a transaction. */
export async function insertEvents(
  db: Kysely<Tables>,
  events: readonly ShopEvent[],
  receivedAtMs: number,
  how: 'as they happen' | 'imported',
): Promise<Map<EventId, number>> {
  await takeTurn(db, 'events')
  const imported = how === 'imported' ? 1 : 0
  const rows = events.map((event) => ({ ...writeRow(event), received_at_ms: receivedAtMs, imported }))
  const inserted =
    imported === 1 && isPostgres(db) ? await copyNewRows(db, 'events', columns, rows, ifNew) : await insert(db, rows)
  return new Map(inserted.map((row) => [row.id, row.sequence]))
}

/** In pages along the sequence, over all catalogues. */
async function* hearEvents(db: Kysely<Tables>, after: number, until: number): AsyncGenerator<StoredEvent[]> {
  for (let from = after; from < until; from += pageSequences) {
    const rows = await db
      .selectFrom('events')
      .selectAll()
      .where('sequence', '>', from)
      .where('sequence', '<=', Math.min(from + pageSequences, until))
      .where('imported', '=', 0)
      .orderBy('sequence')
      .execute()
    if (rows.length > 0) yield rows.map(readRow)
  }
}

/** Pages by key up to what had been accepted when it began; no statement stays open between pages. */
async function* scanEvents(db: Kysely<Tables>, filter: EventFilter): AsyncGenerator<StoredEvent[]> {
  const breathe = createBreathe()
  const { first, last } = await sequenceRange(db)
  for (let after = Math.max(filter.afterSequence ?? 0, first - 1); after < last; after += pageSequences) {
    let page = db
      .selectFrom('events')
      .selectAll()
      .where('sequence', '>', after)
      .where('sequence', '<=', Math.min(after + pageSequences, last))
      .where('catalogue', '=', filter.catalogue)
      .orderBy('sequence')
    if (filter.fromMs !== undefined) page = page.where('time_ms', '>=', filter.fromMs)
    if (filter.untilMs !== undefined) page = page.where('time_ms', '<', filter.untilMs)
    if (filter.purpose !== undefined) page = page.where(mayServe(filter.purpose))
    const rows = await page.execute()
    if (rows.length > 0) yield rows.map(readRow)
    await breathe()
  }
}

/** Along the log, for time has no index of its own. */
async function forgetBefore(db: Kysely<Tables>, timeMs: number, afterErase: () => Promise<void>): Promise<Forgotten> {
  const breathe = createBreathe()
  const months = await dropMonths(db, 'events', timeMs)
  const userIds = new Set(months.userIds)
  let rows = months.rows
  const { first, last } = await sequenceRange(db)
  for (let after = first - 1; after < last; after += countedSequences) {
    const gone = await db
      .deleteFrom('events')
      .where('sequence', '>', after)
      .where('sequence', '<=', Math.min(after + countedSequences, last))
      .where('time_ms', '<', timeMs)
      .returning('user_id')
      .execute()
    rows += gone.length
    for (const { user_id } of gone) userIds.add(user_id)
    await breathe()
  }
  if (rows > 0) await afterErase()
  return { rows, userIds }
}

async function sequenceRange(db: Kysely<Tables>): Promise<{ first: number; last: number }> {
  const edge = async (direction: 'asc' | 'desc') => {
    const row = await db
      .selectFrom('events')
      .select('sequence')
      .orderBy('sequence', direction)
      .limit(1)
      .executeTakeFirst()
    return row?.sequence ?? 0
  }
  return { first: await edge('asc'), last: await edge('desc') }
}

/** Reads the whole log once, O(events), as of when it began, in steps short enough to keep answering meanwhile. */
async function countEvents(db: Kysely<Tables>, catalogue: CatalogueId): Promise<EventCounts> {
  const breathe = createBreathe()
  const { first, last } = await sequenceRange(db)
  const byType = Object.fromEntries(eventTypes.map((type) => [type, 0])) as Record<EventType, number>
  let [firstMs, lastMs, lastSequence] = [Infinity, -Infinity, 0]
  for (let after = first - 1; after < last; after += countedSequences) {
    const kinds = await db
      .selectFrom('events')
      .select((row) => [
        'type',
        row.fn.countAll<number>().as('events'),
        row.fn.min<number>('time_ms').as('first_ms'),
        row.fn.max<number>('time_ms').as('last_ms'),
        row.fn.max<number>('sequence').as('last_sequence'),
      ])
      .where('sequence', '>', after)
      .where('sequence', '<=', Math.min(after + countedSequences, last))
      .where('catalogue', '=', catalogue)
      .groupBy('type')
      .execute()
    for (const kind of kinds) {
      byType[kind.type] += kind.events
      firstMs = Math.min(firstMs, kind.first_ms)
      lastMs = Math.max(lastMs, kind.last_ms)
      lastSequence = Math.max(lastSequence, kind.last_sequence)
    }
    await breathe()
  }
  const known = lastSequence > 0
  return {
    byType,
    users: await countUsers(db, catalogue, last),
    firstMs: known ? firstMs : null,
    lastMs: known ? lastMs : null,
    lastSequence,
  }
}

/** Counts shoppers along their index, some thousands at a time. */
async function countUsers(db: Kysely<Tables>, catalogue: CatalogueId, lastSequence: number): Promise<number> {
  const breathe = createBreathe()
  let users = 0
  let after: UserId | null = null
  do {
    let some = db
      .selectFrom('events')
      .select('user_id')
      .distinct()
      .where('catalogue', '=', catalogue)
      .where('sequence', '<=', lastSequence)
      .orderBy('user_id')
      .limit(countedUsers)
    if (after !== null) some = some.where('user_id', '>', after)
    const page: { count: number; last: UserId | null } = await db
      .selectFrom(some.as('some'))
      .select(({ fn }) => [fn.countAll<number>().as('count'), fn.max<UserId | null>('user_id').as('last')])
      .executeTakeFirstOrThrow()
    users += page.count
    after = page.last
    await breathe()
  } while (after !== null)
  return users
}

function writeRow(event: ShopEvent): Omit<Row, 'received_at_ms' | 'imported'> {
  return {
    id: event.id,
    catalogue: event.catalogue,
    type: event.type,
    user_id: event.userId,
    time_ms: event.timeMs,
    item_id: event.itemId,
    query: event.query,
    query_id: event.queryId,
    position: event.position,
    quantity: event.quantity,
    price_minor: event.priceMinor,
    rating: event.rating,
    order_id: event.orderId,
    name: event.name,
    refused: event.refused ?? nothingRefused,
  }
}

function readRow(row: Selectable<Tables['events']>): StoredEvent {
  return {
    sequence: row.sequence,
    id: row.id,
    catalogue: row.catalogue,
    type: row.type,
    userId: row.user_id,
    timeMs: row.time_ms,
    itemId: row.item_id,
    query: row.query,
    queryId: row.query_id,
    position: row.position,
    quantity: row.quantity,
    priceMinor: row.price_minor,
    rating: row.rating,
    orderId: row.order_id,
    name: row.name,
    ...(row.refused === nothingRefused ? {} : { refused: row.refused }),
  }
}
