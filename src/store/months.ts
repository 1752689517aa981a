/**
 * Events and exposures cut by month, so that what is too old leaves a whole table at a time (PostgreSQL, docs/decisions/0015).
 *
 * A partitioned table knows no unique id without its time. None is needed: an id is a hash of what an event says, its
 * time included, and a query id is drawn with one, so that (id, time) is there twice only where the id is. What was there
 * before the cut stays one table, `…_before`; times that no month was made for yet go into `…_rest`.
 */
import { type Kysely, sql } from 'kysely'
import { dayMs } from '../base/clock.ts'
import { HaggleError } from '../domain/errors.ts'
import type { UserId } from '../domain/ids.ts'
import type { Forgotten, MonthStore } from './store.ts'
import { isPostgres, setGiven, tableShapes } from './table-shapes.ts'
import { takeTurn } from './take-turn.ts'
import type { Tables } from './tables.ts'

/** How connections name themselves since they can write into months; before, they said `haggle`. */
export const connectionName = 'haggle 2'

/** What is unique in each, the primary key first. */
const unique = { events: ['sequence', 'id'], exposures: ['query_id'] } as const
type Cut = keyof typeof unique
const cutTables = Object.keys(unique) as Cut[]

/** The one under way and those to come that have tables. */
const monthsMade = 3

export function createMonthStore(db: Kysely<Tables>): MonthStore {
  return {
    cut: async (nowMs) => {
      if (!isPostgres(db)) throw new HaggleError('bad-request', 'Only a log in PostgreSQL is cut by month.')
      await refuseOlder(db)
      let fresh = false
      for (const table of cutTables) {
        if ((await partsOf(db, table)).length > 0) continue
        await cut(db, table, nowMs)
        fresh = true
      }
      await prepare(db, nowMs)
      return fresh
    },
    prepare: async (nowMs) => {
      if (isPostgres(db)) await prepare(db, nowMs)
    },
  }
}

/** Drops the months that ended before that time, and says what was in them; nothing where others keep them in use. */
export async function dropMonths(db: Kysely<Tables>, table: Cut, beforeMs: number): Promise<Forgotten> {
  const gone = { rows: 0, userIds: new Set<UserId>() }
  if (!isPostgres(db) || !(await partsOf(db, table)).some(({ untilMs }) => untilMs <= beforeMs)) return gone
  await unlessInUse(() =>
    db.transaction().execute(async (inside) => {
      const parts = await alone(inside, table)
      for (const { name } of parts.filter(({ untilMs }) => untilMs <= beforeMs)) {
        const { rows } = await sql<{ user_id: UserId | null; rows: number }>`
          select user_id, count(*) as rows from ${sql.table(name)} group by user_id`.execute(inside)
        await sql`drop table ${sql.table(name)}`.execute(inside)
        for (const { user_id, rows: count } of rows) {
          gone.rows += count
          if (user_id !== null) gone.userIds.add(user_id)
        }
      }
    }),
  )
  return gone
}

/** They say `on conflict (id)`, which a table of months refuses. */
async function refuseOlder(db: Kysely<Tables>): Promise<void> {
  const { rows } = await sql`
    select 1 from pg_stat_activity where datname = current_database() and application_name = 'haggle'`.execute(db)
  if (rows.length === 0) return
  throw new HaggleError(
    'busy',
    'A replica of an older version is connected to this database, and could not write any more: update all of them first.',
  )
}

/** Indices are made while others write; then all wait while the table is read once, to see that no row is of later. */
async function cut(db: Kysely<Tables>, table: Cut, nowMs: number): Promise<void> {
  const [whole, before] = [table, `${table}_before`].map((name) => sql.table(name))
  const keys = unique[table].map((column) => ({
    column: sql.ref(column),
    index: sql.table(`${table}_before_${column}`),
  }))
  for (const { column, index } of keys) {
    await sql`drop index concurrently if exists ${index}`.execute(db) // of a cut that was killed
    await sql`create unique index concurrently ${index} on ${whole} (${column}, time_ms)`.execute(db)
  }
  const { rows } = await sql<{ last: number | null }>`select max(time_ms) as last from ${whole}`.execute(db)
  const untilMs = monthStart(Math.max(nowMs, rows[0].last ?? 0) + dayMs, 1)
  const swap = db.transaction().execute(async (inside) => {
    await takeTurn(inside, 'events')
    await brief(inside)
    await sql`lock table ${whole}`.execute(inside)
    const shape = (await tableShapes(inside)).find(({ table: name }) => name === table)
    const { rows: old } = await sql<{ name: string; definition: string; is: 'key' | 'unique' | 'other' }>`
      select relname::text as name, pg_get_indexdef(indexrelid) as definition,
        case when indisprimary then 'key' when indisunique then 'unique' else 'other' end as is
      from pg_index join pg_class on oid = indexrelid
      where indrelid = ${table}::regclass and not relname = any(${unique[table].map((column) => `${table}_before_${column}`)})`.execute(
      inside,
    )
    await sql`alter table ${whole} rename to ${before}`.execute(inside)
    for (const { name, is } of old) {
      if (is === 'key') await sql`alter table ${before} drop constraint ${sql.ref(name)}`.execute(inside)
      else if (is === 'unique') await sql`drop index ${sql.table(name)}`.execute(inside)
      else await sql`alter index ${sql.table(name)} rename to ${sql.ref(`${name}_before`)}`.execute(inside)
    }
    await sql`alter table ${before} add primary key using index ${keys[0].index}`.execute(inside)
    await sql`create table ${whole} (like ${before} including defaults including identity) partition by range (time_ms)`.execute(
      inside,
    )
    await sql`alter table ${whole} add primary key (${keys[0].column}, time_ms)`.execute(inside)
    for (const { column } of keys.slice(1)) {
      await sql`create unique index on ${whole} (${column}, time_ms)`.execute(inside)
    }
    for (const { definition, is } of old) if (is === 'other') await sql.raw(definition).execute(inside)
    if (shape !== undefined && shape.grows !== null) {
      await sql`alter table ${before} alter column ${sql.ref(shape.grows)} drop identity`.execute(inside)
      await setGiven(inside, shape)
    }
    await sql`alter table ${whole} attach partition ${before} for values from (minvalue) to (${sql.lit(untilMs)})`.execute(
      inside,
    )
    await sql`create table ${sql.table(`${table}_rest`)} partition of ${whole} default`.execute(inside)
  })
  await swap.catch((error: unknown) => {
    if (!isLockTimeout(error)) throw error
    throw new HaggleError('busy', `Table ${table} is in use, as by a backup: it is as it was; try again afterwards.`, {
      cause: error,
    })
  })
}

/** What came in before its month had a table moves there. */
async function prepare(db: Kysely<Tables>, nowMs: number): Promise<void> {
  for (const table of cutTables) {
    const known = await partsOf(db, table)
    const firstMs = known.find(({ name }) => name === `${table}_before`)?.untilMs ?? -Infinity
    for (let month = 0; known.length > 0 && month < monthsMade; month++) {
      const [fromMs, untilMs] = [monthStart(nowMs, month), monthStart(nowMs, month + 1)]
      const name = `${table}_${new Date(fromMs).toISOString().slice(0, 7).replace('-', '_')}`
      if (fromMs < firstMs || known.some((part) => part.name === name)) continue
      await unlessInUse(() =>
        db.transaction().execute(async (inside) => {
          if ((await alone(inside, table)).some((part) => part.name === name)) return
          const [whole, rest, fresh] = [table, `${table}_rest`, name].map((each) => sql.table(each))
          const [from, until] = [sql.lit(fromMs), sql.lit(untilMs)]
          await sql`lock table ${rest}`.execute(inside)
          await sql`create table ${fresh} (like ${whole} including defaults)`.execute(inside)
          await sql`with early as (delete from ${rest} where time_ms >= ${from} and time_ms < ${until} returning *)
            insert into ${fresh} select * from early`.execute(inside)
          await sql`alter table ${whole} attach partition ${fresh} for values from (${from}) to (${until})`.execute(
            inside,
          )
        }),
      )
    }
  }
}

interface Part {
  readonly name: string
  /** Infinite for the rest. */
  readonly untilMs: number
}

/** None where the table is whole. */
async function partsOf(db: Kysely<Tables>, table: Cut): Promise<Part[]> {
  const { rows } = await sql<{ name: string; bound: string }>`
    select relname::text as name, pg_get_expr(relpartbound, oid) as bound
    from pg_inherits join pg_class on oid = inhrelid where inhparent = ${table}::regclass`.execute(db)
  return rows.map(({ name, bound }) => ({ name, untilMs: Number(/ TO \('?(\d+)'?\)/.exec(bound)?.[1] ?? Infinity) }))
}

/** The parts, which nobody else changes to the end of the transaction. */
async function alone(inside: Kysely<Tables>, table: Cut): Promise<Part[]> {
  await takeTurn(inside, 'months')
  await brief(inside)
  return partsOf(inside, table)
}

/** Whoever waits for a table keeps all behind it waiting. */
async function brief(inside: Kysely<Tables>): Promise<void> {
  await sql`set local lock_timeout = '1s'`.execute(inside)
}

/** What can be done tomorrow as well: a backup holds every table until it ends. */
async function unlessInUse(work: () => Promise<void>): Promise<void> {
  await work().catch((error: unknown) => {
    if (!isLockTimeout(error)) throw error
  })
}

function isLockTimeout(error: unknown): boolean {
  const { cause } = error as { cause?: unknown }
  return cause instanceof Error && 'code' in cause && cause.code === '55P03'
}

/** UTC. */
function monthStart(timeMs: number, later: number): number {
  const date = new Date(timeMs)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + later)
}
