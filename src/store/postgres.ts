/**
 * The shop's memory on a PostgreSQL server (15 or newer), for more than one machine: any process may open it.
 *
 * Everything lies in one schema, `haggle` unless said otherwise, made on first use; steps forward run once, under a
 * lock, whoever starts first. Text compares by code point (collation "C") whatever the database is set to, as on SQLite.
 * A pool of connections; each statement is prepared once on each of them.
 */
import { Kysely, type PostgresPool, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import type { Log } from '../base/log.ts'
import { HaggleError } from '../domain/errors.ts'
import { isCopy, runCopy } from './copy-rows.ts'
import { decodeText, encodeText } from './exact-text.ts'
import { listenTo } from './listen.ts'
import { messageOf, migrate } from './migrate.ts'
import { postgresTypes } from './migrations.ts'
import { connectionName } from './months.ts'
import { snapshotOver } from './snapshot.ts'
import type { Store } from './store.ts'
import { storesOver } from './stores-over.ts'
import type { Tables } from './tables.ts'

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string
  readonly schema?: string
  /** Connections at most. */
  readonly connections?: number
  /** Only reads: does not migrate, and every statement that writes is refused. */
  readonly readOnly?: boolean
  /** How long a statement may take: a server that has vanished without a word is noticed by then. 0: as long as it takes. */
  readonly longestMs?: number
  readonly log?: Pick<Log, 'warn'>
}

export async function openPostgresStore(options: PostgresOptions): Promise<Store> {
  const db = postgresDatabase(options)
  try {
    if (options.readOnly !== true) await bringUpToDate(db, options)
  } catch (error) {
    await db.destroy()
    throw error
  }
  let closed: Promise<void> | null = null
  return {
    ...storesOver(db, undefined, listenTo(options, settingsOf(options))),
    snapshot: (read) =>
      db
        .transaction()
        .setIsolationLevel('repeatable read')
        .setAccessMode('read only')
        .execute(async (moment) => read(await snapshotOver(moment))),
    close: () => (closed ??= db.destroy()),
  }
}

/** The schema as SQL, with whatever tables it has; an address that is none is refused. */
export function postgresDatabase(options: PostgresOptions): Kysely<Tables> {
  const pool = openPool(options)
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool: guarded(pool, wherePostgres(options)) }) })
}

/** Makes the schema where there is none and its tables what they are to be, or were at that step. */
export async function bringUpToDate(db: Kysely<Tables>, options: PostgresOptions, step?: string): Promise<void> {
  const { schema = 'haggle' } = options
  await makeSchema(db, schema)
  await migrate(db, postgresTypes, wherePostgres(options), { schema, step })
}

/** How every connection is made. */
function settingsOf({ url, schema = 'haggle', readOnly = false }: PostgresOptions): pg.ClientConfig {
  const settings = { search_path: schema, client_min_messages: 'warning', ...(readOnly ? readOnlySettings : {}) }
  return {
    connectionString: url,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    application_name: connectionName,
    options: Object.entries(settings)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
  }
}

function openPool(options: PostgresOptions): pg.Pool {
  const { connections = 8, longestMs = 120_000, log } = options
  const pool = new pg.Pool({
    ...settingsOf(options),
    max: connections,
    idleTimeoutMillis: 30_000,
    query_timeout: longestMs,
    types: { getTypeParser: (oid: number) => parsers[oid] ?? decodeText },
  })
  // A connection that breaks while nobody uses it: the next statement gets a new one.
  pool.on('error', (error) => log?.warn({ err: error }, 'a connection to PostgreSQL was lost'))
  return pool
}

const readOnlySettings = { default_transaction_read_only: 'on' }

/** By PostgreSQL's type ids; whatever is not here is text. */
const parsers: Readonly<Record<number, (text: string) => unknown>> = {
  16: (text) => text === 't',
  17: (text) => Uint8Array.from(Buffer.from(text.slice(2), 'hex')),
  20: Number,
  21: Number,
  23: Number,
  700: Number,
  701: Number,
  1700: Number,
}

async function makeSchema(db: Kysely<Tables>, schema: string): Promise<void> {
  await sql`create schema if not exists ${sql.id(schema)}`.execute(db).catch(async (error: unknown) => {
    // Two that start at once may both try; and some may use a schema without the right to make one.
    const { rows } = await sql`select 1 from pg_namespace where nspname = ${schema}`.execute(db)
    if (rows.length === 0) throw error
  })
}

/** What Kysely needs of a pool, with values kept exact and errors in words. */
function guarded(pool: pg.Pool, place: string): PostgresPool {
  const names = new Map<string, string>()
  const nameOf = (text: string): string | undefined => {
    if (!names.has(text) && names.size < maximumStatements) names.set(text, `haggle-${names.size}`)
    return names.get(text)
  }
  const tell = (error: unknown): never => {
    throw explain(error, place)
  }
  return {
    connect: async () => {
      const client = await pool.connect().catch(tell)
      // A connection that breaks in use fails its statement, which is what its user hears.
      const ignore = () => undefined
      client.on('error', ignore)
      let broken = false
      const query = async (text: string, values: readonly unknown[]) => {
        try {
          if (isCopy(text)) return await runCopy(client, text, values[0] as string)
          return await client.query({ name: nameOf(text), text, values: values.map(encodeValue) })
        } catch (error) {
          broken ||= isConnection(error)
          return tell(error)
        }
      }
      return {
        query: query as never,
        release: () => {
          client.off('error', ignore)
          client.release(broken)
        },
      }
    },
    end: () => pool.end(),
  }
}

const maximumStatements = 500

function encodeValue(value: unknown): unknown {
  if (typeof value === 'string') return encodeText(value)
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** Classes 08 and 57P of SQLSTATE, and what the operating system or the pool says. */
function isConnection(error: unknown): boolean {
  return (
    /^(08|57P0[123]|ECONN|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_)/.test(codeOf(error)) ||
    /connection|timeout/i.test(messageOf(error))
  )
}

function explain(error: unknown, place: string): HaggleError {
  const code = codeOf(error)
  const said = `PostgreSQL said: ${messageOf(error)}`
  const cause = { cause: error }
  if (/^28/.test(code) || code === '3D000' || code === '42501') {
    return new HaggleError('bad-config', `${place} lets nobody in under this name: check store.url. ${said}`, cause)
  }
  if (/^53/.test(code)) return new HaggleError('internal', `${place} has no room left: check its disk. ${said}`, cause)
  if (isConnection(error)) {
    return new HaggleError('internal', `${place} does not answer: is it running and reachable? ${said}`, cause)
  }
  return new HaggleError('internal', `The store could not do this in ${place}. ${said}`, cause)
}

/** Names the server without its password. */
export function wherePostgres({ url, schema = 'haggle' }: PostgresOptions): string {
  try {
    const { host, pathname } = new URL(url)
    return `the PostgreSQL database ${host}${pathname} (schema ${schema})`
  } catch {
    throw new HaggleError(
      'bad-config',
      'store.url is no address: expected postgres://user:password@host:port/database.',
    )
  }
}
