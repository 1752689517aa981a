/**
 * The shop's memory in one file on this machine, with nothing to install or run: SQLite through libsql.
 *
 * One connection, used in turn. Write-ahead log with `synchronous = FULL`: what a promise confirmed survives a power
 * cut. Erased rows are overwritten with zeros, in the file and in the log.
 */
import { Kysely, SqliteAdapter, type SqliteDatabase, SqliteDialect, type SqliteStatement, sql } from 'kysely'
import Database from 'libsql'
import { HaggleError } from '../domain/errors.ts'
import { decodeText, encodeText } from './exact-text.ts'
import { messageOf, migrate } from './migrate.ts'
import { sqliteTypes } from './migrations.ts'
import { snapshotOver } from './snapshot.ts'
import type { Snapshot, Store } from './store.ts'
import { storesOver } from './stores-over.ts'
import type { Tables } from './tables.ts'

/**
 * A second connection of the process that owns the file, for a thread that only reads. It never asks for a lock that
 * the owner would have to wait for: it does not migrate, write or empty the log.
 */
export async function openSqliteReader(file: string): Promise<Store> {
  const db = readOnlyDatabase(file)
  return {
    ...storesOver(db),
    snapshot: (read) => snapshotIn(file, read),
    close: () => db.destroy(),
  }
}

/** Opens the file, creating it or bringing it up to date where needed. `:memory:` keeps nothing. */
export async function openSqliteStore({ file }: { readonly file: string }): Promise<Store> {
  const db = sqliteDatabase(file)
  try {
    await migrate(db, sqliteTypes, file)
  } catch (error) {
    await db.destroy()
    throw error
  }
  // Whoever reads a snapshot holds the log: emptying it would have everyone wait. The last to end makes up for it.
  let reading = 0
  let owed = false
  const emptyLog = async () => {
    owed = reading > 0
    if (!owed) await emptySqliteLog(db)
  }
  let closed: Promise<void> | null = null
  return {
    ...storesOver(db, emptyLog),
    snapshot: async (read) => {
      reading++
      return snapshotIn(file, read).finally(async () => {
        reading--
        if (owed) await emptyLog()
      })
    },
    // The checkpoint waits for its turn behind whatever still runs.
    close: () => (closed ??= emptyLog().finally(() => db.destroy())),
  }
}

/** The file as SQL, with whatever tables it has. */
export function sqliteDatabase(file: string): Kysely<Tables> {
  return new Kysely<Tables>({ dialect: dialectOver(connect(openDatabase(file), file)) })
}

/** Brings what is in the write-ahead log into the file, and leaves the log without a trace of it. */
export async function emptySqliteLog(db: Kysely<Tables>): Promise<void> {
  await sql`pragma wal_checkpoint(truncate)`.execute(db)
}

function readOnlyDatabase(file: string): Kysely<Tables> {
  const database = openDatabase(file)
  database.exec('pragma query_only = on')
  return new Kysely<Tables>({ dialect: dialectOver(connect(database, file)) })
}

/** Through a connection of its own: a transaction that only reads keeps nobody from writing. */
async function snapshotIn<Result>(file: string, read: (snapshot: Snapshot) => Promise<Result>): Promise<Result> {
  if (file === ':memory:') throw new HaggleError('bad-request', 'A store in memory cannot be copied: it has no file.')
  const db = readOnlyDatabase(file)
  try {
    return await db.connection().execute(async (one) => {
      await sql`begin deferred`.execute(one)
      try {
        return await read(await snapshotOver(one))
      } finally {
        // Closing alone does not: its statements hold the moment, and with it the log, until they are collected.
        await sql`rollback`.execute(one)
      }
    })
  } finally {
    await db.destroy()
  }
}

function openDatabase(file: string): Database.Database {
  let database: Database.Database | null = null
  try {
    database = new Database(file)
    // 32 MiB of log between checkpoints and 64 MiB of pages in memory: event ids fall anywhere in their index, and
    // rewriting its pages less often is most of what makes appending fast.
    database.exec(`
      pragma busy_timeout = 5000;
      pragma journal_mode = wal;
      pragma synchronous = full;
      pragma secure_delete = on;
      pragma wal_autocheckpoint = 8192;
      pragma journal_size_limit = 67108864;
      pragma cache_size = -65536;
    `)
    return database
  } catch (error) {
    database?.close()
    throw explain(error, file)
  }
}

/** SQLite changes tables inside transactions as well as rows: a migration cut short leaves nothing behind. */
function dialectOver(database: SqliteDatabase): SqliteDialect {
  const dialect = new SqliteDialect({ database })
  const adapter = Object.defineProperty(new SqliteAdapter(), 'supportsTransactionalDdl', { value: true })
  dialect.createAdapter = () => adapter
  return dialect
}

/** What Kysely needs of a database, with each statement prepared once and values kept exact both ways. */
function connect(database: Database.Database, file: string): SqliteDatabase {
  const statements = new Map<string, SqliteStatement>()
  const guarded = <Result>(work: () => Result): Result => {
    try {
      return work()
    } catch (error) {
      throw explain(error, file)
    }
  }
  const prepare = (text: string): SqliteStatement => {
    const statement = database.prepare(text)
    return {
      reader: statement.reader,
      all: (values) => guarded(() => (statement.all(values.map(encodeValue)) as Row[]).map(decodeRow)),
      run: (values) => guarded(() => statement.run(values.map(encodeValue))),
      iterate: () => {
        throw new HaggleError('internal', 'The store pages by key: an open statement would hold a lock.')
      },
    }
  }
  return {
    prepare: (text) => {
      // After a full disk SQLite has rolled back by itself; saying it again would hide the reason.
      if (text === 'rollback' && !database.inTransaction) return prepare('select 1')
      const known = statements.get(text) ?? guarded(() => prepare(text === 'begin' ? 'begin immediate' : text))
      if (statements.size >= maximumStatements) statements.clear()
      statements.set(text, known)
      return known
    },
    close: () => {
      statements.clear()
      database.close()
    },
  }
}

const maximumStatements = 500

type Row = Record<string, unknown>

/** The driver knows no booleans: binding one ends the process. */
function encodeValue(value: unknown): unknown {
  if (typeof value === 'string') return encodeText(value)
  return typeof value === 'boolean' ? Number(value) : value
}

function decodeRow(row: Row): Row {
  for (const column in row) {
    const value = row[column]
    if (typeof value === 'string') row[column] = decodeText(value)
    else if (value instanceof ArrayBuffer) row[column] = new Uint8Array(value)
  }
  return row
}

function explain(error: unknown, file: string): HaggleError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const said = `SQLite said: ${messageOf(error)}`
  if (/NOTADB|CORRUPT/.test(code)) {
    return new HaggleError(
      'bad-state',
      `The data file ${file} is damaged or is no Haggle store: restore a backup. ${said}`,
      {
        cause: error,
      },
    )
  }
  if (/BUSY|LOCKED/.test(code)) {
    return new HaggleError(
      'busy',
      `The data file ${file} is in use by another process: stop it and try again. ${said}`,
      {
        cause: error,
      },
    )
  }
  if (/FULL|IOERR|READONLY|CANTOPEN/.test(code)) {
    return new HaggleError(
      'internal',
      `The data file ${file} cannot be written: check the disk's space and rights. ${said}`,
      {
        cause: error,
      },
    )
  }
  return new HaggleError('internal', `The store could not do this in ${file}. ${said}`, { cause: error })
}
