/**
 * Many rows into a PostgreSQL table by COPY: how restoring, moving and importing write.
 *
 * `copy … from stdin` goes through Kysely like any other statement, with its lines as its only value, so that it belongs
 * to the transaction around it. Lines are in PostgreSQL's text format: cells between tabs, `\N` for none.
 */
import { finished } from 'node:stream/promises'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { encodeText } from './exact-text.ts'
import type { Row } from './store.ts'
import type { Tables } from './tables.ts'

/** Numbers of columns that count up by themselves stay as they are given. */
export async function copyRows(
  db: Kysely<Tables>,
  table: string,
  columns: readonly string[],
  rows: readonly Row[],
): Promise<void> {
  if (rows.length === 0) return
  const lines = rows.map((row) => `${columns.map((column) => writeCell(row[column])).join('\t')}\n`).join('')
  const statement = sql`copy ${sql.table(table)} (${namesOf(columns)}) from stdin`.compile(db)
  await db.executeQuery({ ...statement, parameters: [lines] })
}

/**
 * By way of a table of its own, for rows some of which may be there already: a COPY knows no `on conflict`. In the
 * order given, with `onConflict` and what follows it; must run inside a transaction, once a table.
 */
export async function copyNewRows<Result = never>(
  db: Kysely<Tables>,
  table: string,
  columns: readonly string[],
  rows: readonly Row[],
  onConflict: RawBuilder<Result>,
): Promise<Result[]> {
  if (rows.length === 0) return []
  const [names, staged] = [namesOf(columns), sql.table(`incoming_${table}`)]
  await sql`create temporary table ${staged} on commit drop as
    select ${names}, 0 as place from ${sql.table(table)} with no data`.execute(db)
  await copyRows(
    db,
    `incoming_${table}`,
    [...columns, 'place'],
    rows.map((row, place) => ({ ...row, place })),
  )
  const written = await sql<Result>`insert into ${sql.table(table)} (${names})
    select ${names} from ${staged} order by place ${onConflict}`.execute(db)
  return written.rows
}

export function isCopy(statement: string): boolean {
  return statement.startsWith('copy ')
}

/** What a connection does with such a statement. */
export async function runCopy(client: pg.PoolClient, statement: string, lines: string): Promise<object> {
  const stream = client.query(copyFrom(statement))
  stream.end(lines)
  await finished(stream)
  return { command: 'COPY', rowCount: stream.rowCount, rows: [] }
}

function namesOf(columns: readonly string[]): RawBuilder<unknown> {
  return sql.join(columns.map((column) => sql.ref(column)))
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

function writeCell(cell: Row[string]): string {
  if (cell === null) return '\\N'
  if (typeof cell === 'string') return encodeText(cell).replace(/[\\\t\n\r]/g, (character) => escapes[character])
  if (typeof cell === 'number') return String(cell)
  return `\\\\x${Buffer.from(cell.buffer, cell.byteOffset, cell.byteLength).toString('hex')}`
}
