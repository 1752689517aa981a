/**
 * A store read whole, as it is at one moment: every table, page by page along its key.
 *
 * Must run inside a transaction that sees one moment. A page aims at 1 MiB and grows at most fourfold from one to the
 * next, so that memory is bounded by a few of the largest rows; between two pages the process answers others.
 */
import { type Kysely, sql } from 'kysely'
import { createBreathe } from '../base/breathe.ts'
import { lastStep } from './migrate.ts'
import type { Page, Row, Snapshot, TableShape } from './store.ts'
import { tableShapes } from './table-shapes.ts'
import type { Tables } from './tables.ts'

const pageBytes = 1024 * 1024
/** Read, hashed and written down in a few milliseconds. */
const mostRows = 512

export async function snapshotOver(db: Kysely<Tables>): Promise<Snapshot> {
  const step = await lastStep(db)
  const tables = await tableShapes(db)
  return {
    step,
    tables,
    pages: async function* (signal) {
      for (const shape of tables) yield* pagesOf(db, shape, signal)
    },
  }
}

export async function* pagesOf(db: Kysely<Tables>, shape: TableShape, signal?: AbortSignal): AsyncGenerator<Page> {
  const breathe = createBreathe(signal)
  let last: Row | null = null
  // Bytes come in large parts; of everything else a few rows are little.
  let limit = shape.bytes.length > 0 ? 1 : 16
  for (;;) {
    const rows: readonly Row[] = await readPage(db, shape, last, limit)
    if (rows.length > 0) yield { shape, rows }
    if (rows.length < limit) return
    last = rows[rows.length - 1]
    const fitting = Math.floor((limit * pageBytes) / sizeOf(rows))
    limit = Math.max(1, Math.min(fitting, 4 * limit, mostRows))
    await breathe()
  }
}

async function readPage(
  db: Kysely<Tables>,
  { table, columns, key }: TableShape,
  last: Row | null,
  limit: number,
): Promise<readonly Row[]> {
  const keys = sql.join(key.map((column) => sql.ref(column)))
  const behind = last === null ? sql`` : sql`where (${keys}) > (${sql.join(key.map((column) => last[column]))})`
  const { rows } = await sql<Row>`
    select ${sql.join(columns.map((column) => sql.ref(column)))} from ${sql.table(table)} ${behind}
    order by ${keys} limit ${limit}`.execute(db)
  return rows
}

function sizeOf(rows: readonly Row[]): number {
  let size = 1
  for (const row of rows) {
    for (const column in row) {
      const cell = row[column]
      size += typeof cell === 'string' || cell instanceof Uint8Array ? cell.length : 8
    }
  }
  return size
}
