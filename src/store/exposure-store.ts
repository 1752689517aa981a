/** What was shown, to whom, and by which generation: found again by its query id, read back in the order of time. */
import type { Kysely } from 'kysely'
import { createBreathe } from '../base/breathe.ts'
import type { ExposedItem, Exposure, Searched } from '../domain/exposure.ts'
import type { CatalogueId, ItemId } from '../domain/ids.ts'
import { createBulkStatement } from './bulk.ts'
import type { ExposureStore } from './store.ts'
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
] as const satisfies readonly (keyof ExposureRow)[]

const pageRows = 1_000

export function createExposureStore(db: Kysely<Tables>): ExposureStore {
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
    scan: (catalogue, fromMs, untilMs) => scanExposures(db, catalogue, fromMs, untilMs),
  }
}

const insert = createBulkStatement<ExposureRow, never>(columns, (db, rows) =>
  db
    .insertInto('exposures')
    .values(rows)
    .onConflict((conflict) => conflict.column('query_id').doNothing())
    .$castTo<never>(),
)

async function* scanExposures(
  db: Kysely<Tables>,
  catalogue: CatalogueId,
  fromMs: number,
  untilMs: number,
): AsyncGenerator<Exposure[]> {
  const breathe = createBreathe()
  let last: ExposureRow | null = null
  for (;;) {
    const start: ExposureRow | null = last
    const rows: ExposureRow[] = await db
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
      .execute()
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
  }
}

function readRow(row: ExposureRow): Exposure {
  const places = JSON.parse(row.items) as [ItemId, number, number, number?][]
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
    items: places.map(
      ([itemId, score, propensity, textual]): ExposedItem => ({
        itemId,
        score,
        propensity,
        ...(textual === undefined ? {} : { textual }),
      }),
    ),
  }
}

function writeItem({ itemId, score, propensity, textual }: ExposedItem): (ItemId | number)[] {
  return textual === undefined ? [itemId, score, propensity] : [itemId, score, propensity, textual]
}
