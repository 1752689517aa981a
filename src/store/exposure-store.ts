/** What was shown, to whom, and by which generation: found again by its query id, read back in the order of time. */
import type { Kysely } from 'kysely'
import { createBreathe } from '../base/breathe.ts'
import { nothingRefused, type Purpose } from '../domain/consent.ts'
import type { ExposedItem, Exposure, Searched, Textual } from '../domain/exposure.ts'
import type { CatalogueId, ItemId } from '../domain/ids.ts'
import { createBulkStatement } from './bulk.ts'
import { mayServe } from './may-serve.ts'
import { dropMonths } from './months.ts'
import type { ExposureStore, Forgotten } from './store.ts'
import type { ExposureRow, Tables } from './tables.ts'

const columns = [
  'query_id',
  'catalogue',
  'time_ms',
  'user_id',
  'surface',
  'generation',
  'arm',
  'items',
  'query',
  'skipped',
  'searched',
  'refused',
] as const satisfies readonly (keyof ExposureRow)[]

const pageRows = 1_000

/** @param afterErase lets the database drop what it still holds of erased rows outside its tables */
export function createExposureStore(db: Kysely<Tables>, afterErase: () => Promise<void>): ExposureStore {
  return {
    append: (exposures) =>
      db.transaction().execute(async (inside) => {
        await insert(inside, exposures.map(writeRow))
      }),
    get: async (queryId) => {
      const row = await db.selectFrom('exposures').selectAll().where('query_id', '=', queryId).executeTakeFirst()
      return row === undefined ? null : readRow(row)
    },
    ofUser: async (catalogue, userId, limit) => {
      const rows = await db
        .selectFrom('exposures')
        .selectAll()
        .where('user_id', '=', userId)
        .where('catalogue', '=', catalogue)
        .orderBy('time_ms', 'desc')
        .orderBy('query_id', 'desc')
        .limit(limit)
        .execute()
      return rows.map(readRow)
    },
    searches: async (catalogue, limit) => {
      const rows = await db
        .selectFrom('exposures')
        .select(['query_id', 'time_ms', 'user_id', 'query'])
        .where('catalogue', '=', catalogue)
        .where('query', 'is not', null)
        .where('user_id', 'is not', null)
        .where(mayServe('training'))
        .orderBy('time_ms', 'desc')
        .orderBy('query_id', 'desc')
        .limit(limit)
        .execute()
      return rows.reverse().map((row) => ({
        queryId: row.query_id,
        timeMs: row.time_ms,
        userId: row.user_id,
        query: row.query as string,
      }))
    },
    forgetBefore: (timeMs) => forgetBefore(db, timeMs, afterErase),
    scan: (catalogue, fromMs, untilMs, purpose) => scanExposures(db, catalogue, { fromMs, untilMs, purpose }),
  }
}

const insert = createBulkStatement<ExposureRow, never>(columns, (db, rows) =>
  db
    .insertInto('exposures')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .$castTo<never>(),
)

const forgottenRows = 5_000

async function forgetBefore(db: Kysely<Tables>, timeMs: number, afterErase: () => Promise<void>): Promise<Forgotten> {
  const breathe = createBreathe()
  const months = await dropMonths(db, 'exposures', timeMs)
  const userIds = new Set(months.userIds)
  let rows = months.rows
  for (const { catalogue } of await db.selectFrom('exposures').select('catalogue').distinct().execute()) {
    for (let gone = forgottenRows; gone === forgottenRows; ) {
      const old = db
        .selectFrom('exposures')
        .select('query_id')
        .where('catalogue', '=', catalogue)
        .where('time_ms', '<', timeMs)
        .limit(forgottenRows)
      const removed = await db.deleteFrom('exposures').where('query_id', 'in', old).returning('user_id').execute()
      gone = removed.length
      rows += gone
      for (const { user_id } of removed) if (user_id !== null) userIds.add(user_id)
      await breathe()
    }
  }
  if (rows > 0) await afterErase()
  return { rows, userIds }
}

async function* scanExposures(
  db: Kysely<Tables>,
  catalogue: CatalogueId,
  { fromMs, untilMs, purpose }: { fromMs: number; untilMs: number; purpose?: Purpose },
): AsyncGenerator<Exposure[]> {
  const breathe = createBreathe()
  let last: ExposureRow | null = null
  for (;;) {
    const start: ExposureRow | null = last
    let page = db
      .selectFrom('exposures')
      .selectAll()
      .where('catalogue', '=', catalogue)
      .where('time_ms', '<', untilMs)
      .where((row) =>
        start === null
          ? row('time_ms', '>=', fromMs)
          : row(row.refTuple('time_ms', 'query_id'), '>', row.tuple(start.time_ms, start.query_id)),
      )
      .orderBy('time_ms')
      .orderBy('query_id')
      .limit(pageRows)
    if (purpose !== undefined) page = page.where(mayServe(purpose))
    const rows: ExposureRow[] = await page.execute()
    if (rows.length > 0) yield rows.map(readRow)
    if (rows.length < pageRows) return
    last = rows[rows.length - 1]
    await breathe()
  }
}

function writeRow(exposure: Exposure): ExposureRow {
  return {
    query_id: exposure.queryId,
    catalogue: exposure.catalogue,
    time_ms: exposure.timeMs,
    user_id: exposure.userId,
    surface: exposure.surface,
    generation: exposure.generation,
    arm: exposure.arm,
    items: JSON.stringify(exposure.items.map(writeItem)),
    query: exposure.query ?? null,
    skipped: exposure.offset ?? 0,
    searched: exposure.searched === undefined ? null : JSON.stringify(exposure.searched),
    refused: exposure.refused ?? nothingRefused,
  }
}

function readRow(row: ExposureRow): Exposure {
  const places = JSON.parse(row.items) as ItemRow[]
  return {
    queryId: row.query_id,
    catalogue: row.catalogue,
    timeMs: row.time_ms,
    userId: row.user_id,
    surface: row.surface,
    generation: row.generation,
    arm: row.arm,
    ...(row.query === null ? {} : { query: row.query }),
    ...(row.skipped === 0 ? {} : { offset: row.skipped }),
    ...(row.searched === null ? {} : { searched: JSON.parse(row.searched) as Searched }),
    ...(row.refused === nothingRefused ? {} : { refused: row.refused }),
    items: places.map(
      ([itemId, score, propensity, ...textual]): ExposedItem => ({
        itemId,
        score,
        propensity,
        ...(textual.length === 0 ? {} : { textual }),
      }),
    ),
  }
}

type ItemRow = readonly [itemId: ItemId, score: number, propensity: number, ...textual: Textual | readonly []]

function writeItem({ itemId, score, propensity, textual }: ExposedItem): ItemRow {
  return [itemId, score, propensity, ...(textual ?? ([] as const))]
}
