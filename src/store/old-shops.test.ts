/**
 * Shops that earlier versions wrote: the tables of each step as they were released, with rows in them, are opened by
 * the code of today and keep what they hold.
 *
 * `old-shops/` keeps what each step said to each database. A new step adds its two files by itself when this runs; a
 * step that was released and says something else now fails here. `rows.json` has rows for every table: of an older step
 * those columns that it had.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
} from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { collect, shop } from './catalogue-store-suite.ts'
import { fillFrom } from './fill.ts'
import { type ColumnTypes, createMigrations, postgresTypes, sqliteTypes } from './migrations.ts'
import { openPostgresStore, postgresDatabase } from './postgres.ts'
import {
  dropSchemas,
  type PostgresServer,
  type PostgresVersion,
  postgresVersions,
  startPostgres,
} from './postgres-fixture.ts'
import { openSqliteStore, sqliteDatabase } from './sqlite.ts'
import type { Row, Snapshot, Store, TableShape } from './store.ts'
import { tableShapes } from './table-shapes.ts'
import type { Tables } from './tables.ts'
import { readLine, writeLine } from './tally.ts'

const folder = new URL('old-shops/', import.meta.url).pathname
const rows = JSON.parse(readFileSync(join(folder, 'rows.json'), 'utf8')) as Record<
  string,
  Record<string, string | number | null>[]
>
const steps = Object.keys(createMigrations(sqliteTypes))
const scratch = mkdtempSync(join(tmpdir(), 'haggle-old-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

interface Kind {
  readonly types: ColumnTypes
  readonly dialect: Dialect
  /** An empty database, and the store that today's code makes of what is in it. */
  place(): { readonly open: () => Promise<Kysely<Tables>>; readonly store: () => Promise<Store> }
}

/** Of a database that is told what to do and does nothing. */
function toldTo(
  Adapter: new () => DialectAdapter,
  Introspector: new (db: Kysely<unknown>) => DatabaseIntrospector,
  Compiler: new () => QueryCompiler,
): Dialect {
  return {
    createAdapter: () => new Adapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new Introspector(db),
    createQueryCompiler: () => new Compiler(),
  }
}

const sqlite: Kind = {
  types: sqliteTypes,
  dialect: toldTo(SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler),
  place: () => {
    const file = join(mkdtempSync(join(scratch, 'shop-')), 'haggle.db')
    return { open: async () => sqliteDatabase(file), store: () => openSqliteStore({ file }) }
  },
}

/** On the server that it starts for the tests around the call. */
function postgres(version: PostgresVersion): Kind {
  let server: PostgresServer
  const schemas: string[] = []
  beforeAll(async () => {
    server = await startPostgres(version)
  }, 120_000)
  afterAll(async () => {
    await dropSchemas(server, schemas)
    await server.stop()
  })
  return {
    types: postgresTypes,
    dialect: toldTo(PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler),
    place: () => {
      const options = { url: server.url, schema: `old_${process.pid}_${schemas.length}` }
      schemas.push(options.schema)
      const open = async () => {
        const db = postgresDatabase(options)
        await sql`create schema ${sql.id(options.schema)}`.execute(db)
        return db
      }
      return { open, store: () => openPostgresStore(options) }
    },
  }
}

/** What a step says to its database, in order. */
async function statementsOf({ types, dialect }: Kind, step: string): Promise<string> {
  const said: string[] = []
  const db = new Kysely<unknown>({ dialect, log: ({ query }) => void said.push(`${query.sql};\n`) })
  await createMigrations(types)[step].up(db)
  return said.join('')
}

/** How it is noted which steps were taken. */
const notes = [
  'create table kysely_migration (name varchar(255) not null primary key, timestamp varchar(255) not null)',
  'create table kysely_migration_lock (id varchar(255) not null primary key, is_locked integer default 0 not null)',
  `insert into kysely_migration_lock (id, is_locked) values ('migration_lock', 0)`,
]

async function writeOldShop(db: Kysely<Tables>, name: string, taken: readonly string[]): Promise<TableShape[]> {
  const files = taken.map((step) => readFileSync(join(folder, `${step}.${name}.sql`), 'utf8'))
  const said = [...notes, ...files.flatMap((text) => text.split(';\n').filter((one) => one !== ''))]
  for (const text of said) await sql.raw(text).execute(db)
  for (const step of taken) await sql`insert into kysely_migration values (${step}, '2026-01-01')`.execute(db)
  const given = { events: 9, publications: 5 } as Record<string, number | undefined>
  const tables = (await tableShapes(db)).map((shape) => ({ ...shape, given: given[shape.table] ?? 0 }))
  const snapshot: Snapshot = {
    step: taken[taken.length - 1],
    tables,
    pages: async function* () {
      for (const shape of tables) yield { shape, rows: rowsOf(shape) }
    },
  }
  await db.transaction().execute((inside) => fillFrom(inside, snapshot, 'an old shop'))
  return tables
}

function rowsOf(shape: TableShape): Row[] {
  return rows[shape.table].map((row) =>
    readLine(
      shape,
      shape.columns.map((column) => row[column]),
    ),
  )
}

/** What a store holds of the tables and columns of then. */
function linesOf(store: Store, shapes: readonly TableShape[]): Promise<Record<string, string[]>> {
  return store.snapshot(async (snapshot) => {
    const lines: Record<string, string[]> = Object.fromEntries(shapes.map(({ table }) => [table, []]))
    for await (const { shape, rows: page } of snapshot.pages()) {
      const then = shapes.find(({ table }) => table === shape.table)
      if (then !== undefined) lines[then.table].push(...page.map((row) => writeLine(then, row)))
    }
    return Object.fromEntries(Object.entries(lines).map(([table, held]) => [table, held.sort()]))
  })
}

const suites: ['sqlite' | 'postgres', PostgresVersion | undefined][] = [
  ['sqlite', undefined],
  ...postgresVersions.map((version): ['postgres', PostgresVersion] => ['postgres', version]),
]
describe.each(suites)('on %s, version %s', (name, version) => {
  const kind = version === undefined ? sqlite : postgres(version)

  it.each(steps)('step %s says what it said when it was released', async (step) => {
    await expect(await statementsOf(kind, step)).toMatchFileSnapshot(join(folder, `${step}.${name}.sql`))
  })

  it.each(steps)('a shop of step %s is opened, keeps every row, and goes on', async (step) => {
    const { open, store: today } = kind.place()
    const db = await open()
    const shapes = await writeOldShop(db, name, steps.slice(0, steps.indexOf(step) + 1))
    await db.destroy()
    const store = await today()
    const expected = shapes.map((shape) => [
      shape.table,
      rowsOf(shape)
        .map((row) => writeLine(shape, row))
        .sort(),
    ])
    expect(await linesOf(store, shapes)).toEqual(Object.fromEntries(expected))

    const events = await collect(store.events.scan({ catalogue: shop }))
    expect(events).toHaveLength(rows.events.length)
    expect((await collect(store.catalogues.scan(shop))).map(({ objectID }) => objectID)).toEqual(['a', '手机壳'])
    expect(await store.generations.live(shop)).toBe('g2')
    expect((await store.generations.artefacts('g2' as never)).map(({ bytes }) => bytes.length)).toEqual([256])
    const again = { ...events[0], id: 'new' as never }
    expect([...(await store.events.append([events[0], again], 10)).keys()]).toEqual(['new'])
    // Numbers that were given to what is gone are not given again.
    expect((await store.events.counts(shop)).lastSequence).toBeGreaterThan(9)
    await store.close()
  })

  it('has rows in every table of today, so that none is forgotten here', async () => {
    const { open } = kind.place()
    const db = await open()
    const shapes = await writeOldShop(db, name, steps)
    await db.destroy()
    expect(shapes.map(({ table }) => table)).toEqual(Object.keys(rows).sort())
  })
})
