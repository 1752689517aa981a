/**
 * Who writes next, where several processes write to one database: a lock by name, held to the end of the transaction.
 *
 * On SQLite a transaction that writes is alone anyway. On PostgreSQL the log needs it: sequences are given before the
 * commit, and a reader that has seen number 8 must never find number 7 come in behind it.
 */
import { type Kysely, PostgresAdapter, sql } from 'kysely'
import type { Tables } from './tables.ts'

/** Must run inside a transaction, before anything that depends on the order. */
export async function takeTurn(db: Kysely<Tables>, name: string): Promise<void> {
  if (!(db.getExecutor().adapter instanceof PostgresAdapter)) return
  await sql`select pg_advisory_xact_lock(hashtextextended(current_schema() || ${name}, 0))`.execute(db)
}
