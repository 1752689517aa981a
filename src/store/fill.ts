/**
 * Writes a snapshot into an empty database, all of it or nothing, and reads it back before it counts.
 *
 * Must run inside a transaction of a database that has taken the snapshot's steps. What was read is compared with what
 * was written by count and checksum, table by table; memory is a page of the snapshot.
 */
import { type Kysely, sql } from 'kysely'
import { type Progress, silentProgress } from '../base/progress.ts'
import { HaggleError } from '../domain/errors.ts'
import { createBulkStatement } from './bulk.ts'
import { copyRows } from './copy-rows.ts'
import { pagesOf } from './snapshot.ts'
import type { Row, Snapshot, TableShape, Tally } from './store.ts'
import { isPostgres, setGiven, tableShapes } from './table-shapes.ts'
import type { Tables } from './tables.ts'
import { createTallies, isSame, writeLine } from './tally.ts'

export interface FillOptions {
  /** Leaves out what happened then or later (see `happenedAt`). */
  readonly untilMs?: number
  readonly progress?: Progress
  readonly signal?: AbortSignal
}

/**
 * Where a table says when each of its rows came to be. An import that went on later is forgotten with its events, so
 * that its file can be imported again; what was there before is recognised.
 */
const happenedAt: Readonly<Record<string, string>> = {
  events: 'received_at_ms',
  exposures: 'time_ms',
  imports: 'updated_at_ms',
}

/** @param place how the message of a refusal calls the database */
export async function fillFrom(
  db: Kysely<Tables>,
  snapshot: Snapshot,
  place: string,
  options: FillOptions = {},
): Promise<Record<string, Tally>> {
  const { untilMs = Infinity, progress = silentProgress, signal } = options
  await requireEmpty(db, place)
  const writers = new Map(snapshot.tables.map((shape) => [shape.table, createWriter(shape)]))
  const order = snapshot.tables.map(({ table }) => table)
  const written = createTallies()
  const giveBack = await takeIndices(db)
  for await (const { shape, rows } of snapshot.pages(signal)) {
    const time = happenedAt[shape.table]
    const kept = time === undefined ? rows : rows.filter((row) => Number(row[time]) < untilMs)
    for (const row of kept) written.add(shape.table, writeLine(shape, row))
    await writers.get(shape.table)?.(db, kept)
    progress.report('write', order.indexOf(shape.table), order.length, noteOf(shape.table, written.of(shape.table)))
  }
  await giveBack()
  for (const shape of snapshot.tables) await setGiven(db, shape)
  return verify(db, snapshot.tables, written.of, options)
}

export function noteOf(table: string, { rows }: Tally): string {
  return `${table}: ${rows.toLocaleString('en')} rows`
}

/** Nobody else may write in it from now on to the end of the transaction. */
async function requireEmpty(db: Kysely<Tables>, place: string): Promise<void> {
  const tables = (await tableShapes(db)).map(({ table }) => table)
  if (isPostgres(db)) await sql`lock table ${sql.join(tables.map((table) => sql.table(table)))}`.execute(db)
  for (const table of tables) {
    const { rows } = await sql`select 1 as one from ${sql.table(table)} limit 1`.execute(db)
    if (rows.length === 0) continue
    throw new HaggleError(
      'bad-request',
      `There is a shop in ${place} already (table ${table} has rows), and nothing is written over it: name an empty folder, database or schema.`,
    )
  }
}

/** Takes away the indices that are no key, and returns what makes them again: sorted once is sooner than grown. */
async function takeIndices(db: Kysely<Tables>): Promise<() => Promise<void>> {
  if (!isPostgres(db)) return async () => undefined
  const { rows } = await sql<{ name: string; definition: string }>`
    select relname::text as name, pg_get_indexdef(indexrelid) as definition
    from pg_index join pg_class on pg_class.oid = indexrelid
    where relnamespace = current_schema()::regnamespace and relkind = 'i' and not relispartition and not indisprimary`.execute(
    db,
  )
  for (const { name } of rows) await sql`drop index ${sql.table(name)}`.execute(db)
  return async () => {
    for (const { definition } of rows) await sql.raw(definition).execute(db)
  }
}

/** Numbers come as they were, whoever gives them otherwise. */
function createWriter(shape: TableShape): (db: Kysely<Tables>, rows: readonly Row[]) => Promise<unknown> {
  const columns = sql.join(shape.columns.map((column) => sql.ref(column)))
  const values = (row: Row) => sql`(${sql.join(shape.columns.map((column) => row[column]))})`
  const insert = createBulkStatement<Row, never>(shape.columns, (db, rows) => ({
    compile: () =>
      sql<never>`insert into ${sql.table(shape.table)} (${columns}) values ${sql.join(rows.map(values))}`.compile(db),
  }))
  return (db, rows) => (isPostgres(db) ? copyRows(db, shape.table, shape.columns, rows) : insert(db, rows))
}

async function verify(
  db: Kysely<Tables>,
  tables: readonly TableShape[],
  expected: (table: string) => Tally,
  { progress = silentProgress, signal }: FillOptions,
): Promise<Record<string, Tally>> {
  const found = createTallies()
  for (const [at, shape] of tables.entries()) {
    for await (const { rows } of pagesOf(db, shape, signal)) {
      for (const row of rows) found.add(shape.table, writeLine(shape, row))
    }
    const [is, should] = [found.of(shape.table), expected(shape.table)]
    if (!isSame(is, should)) {
      throw new HaggleError(
        'internal',
        `Table ${shape.table} came out otherwise than it went in (${is.rows} rows of ${should.rows}, checksum ${is.checksum} for ${should.checksum}): nothing was kept. Try again, and report it where it stays so.`,
      )
    }
    progress.report('verify', at + 1, tables.length, noteOf(shape.table, is))
  }
  return Object.fromEntries(tables.map(({ table }) => [table, found.of(table)]))
}
