/**
 * Whether a standby may be read in the place of its primary: once it has all that the primary had when it was asked.
 *
 * A standby replays what the primary writes, some moments later or, while it catches up, minutes. Positions in that
 * log (LSN) say how far each is.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { messageOf } from './migrate.ts'
import { postgresDatabase, type PostgresOptions } from './postgres.ts'
import type { Tables } from './tables.ts'

/** How long a standby may take to catch up. */
const patienceMs = 10_000
const lookMs = 100

/** What keeps it from being read; `null`: nothing. Rejects where the primary does not answer. */
export async function keptFromReading(
  primary: PostgresOptions,
  standby: PostgresOptions,
  withinMs = patienceMs,
): Promise<string | null> {
  const { position } = await using(primary, (db) =>
    oneRow<{ position: string }>(db, sql`select pg_current_wal_lsn() as position`),
  )
  const untilMs = performance.now() + withinMs
  const look = async (db: Kysely<Tables>): Promise<string | null> => {
    for (;;) {
      const { follows, there } = await oneRow<{ follows: boolean; there: boolean | null }>(
        db,
        sql`select pg_is_in_recovery() as follows, pg_last_wal_replay_lsn() >= ${position}::pg_lsn as there`,
      )
      if (!follows) return 'it is no standby'
      if (there === true) return null
      if (performance.now() > untilMs) return `it is more than ${withinMs / 1000} s behind`
      await pause(lookMs)
    }
  }
  return using(standby, look).catch(messageOf)
}

async function oneRow<Row>(db: Kysely<Tables>, question: RawBuilder<unknown>): Promise<Row> {
  const { rows } = await question.execute(db)
  return rows[0] as Row
}

async function using<Result>(options: PostgresOptions, work: (db: Kysely<Tables>) => Promise<Result>): Promise<Result> {
  const db = postgresDatabase({ ...options, connections: 1 })
  try {
    return await work(db)
  } finally {
    await db.destroy()
  }
}
