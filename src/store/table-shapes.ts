/**
 * What tables there are, asked of the database itself: whoever copies a store copies a table added tomorrow, too.
 *
 * The counters behind growing columns belong to it: a number once given must not be given again, also not by a copy.
 */
import { type Kysely, PostgresAdapter, sql } from 'kysely'
import { HaggleError } from '../domain/errors.ts'
import type { TableShape } from './store.ts'
import type { Tables } from './tables.ts'

export async function tableShapes(db: Kysely<Tables>): Promise<TableShape[]> {
  const schema = isPostgres(db) ? await currentSchema(db) : undefined
  const parts = new Set(isPostgres(db) ? await partNames(db) : [])
  const shapes: TableShape[] = []
  for (const table of await db.introspection.getTables()) {
    if (table.isView || table.schema !== schema || parts.has(table.name)) continue
    const columns = [...table.columns].sort((a, b) => (a.name < b.name ? -1 : 1))
    const grows = columns.find((column) => column.isAutoIncrementing)?.name ?? null
    shapes.push({
      table: table.name,
      columns: columns.map(({ name }) => name),
      bytes: columns.filter(({ dataType }) => /^(blob|bytea)$/i.test(dataType)).map(({ name }) => name),
      key: await keyOf(db, table.name),
      grows,
      given: grows === null ? 0 : await givenOf(db, table.name, grows),
    })
  }
  return shapes.sort((a, b) => (a.table < b.table ? -1 : 1))
}

/** Has the growing column go on behind that number. */
export async function setGiven(db: Kysely<Tables>, { table, grows, given }: TableShape): Promise<void> {
  if (grows === null || given === 0) return
  if (isPostgres(db)) {
    await sql`select setval(pg_get_serial_sequence(${table}, ${grows}), ${given})`.execute(db)
    return
  }
  await sql`delete from sqlite_sequence where name = ${table}`.execute(db)
  await sql`insert into sqlite_sequence (name, seq) values (${table}, ${given})`.execute(db)
}

export function isPostgres(db: Kysely<Tables>): boolean {
  return db.getExecutor().adapter instanceof PostgresAdapter
}

async function currentSchema(db: Kysely<Tables>): Promise<string> {
  const { rows } = await sql<{ schema: string }>`select current_schema() as schema`.execute(db)
  return rows[0].schema
}

/** Tables whose rows another table has (months.ts). */
async function partNames(db: Kysely<Tables>): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select relname::text as name from pg_class
    where relispartition and relkind = 'r' and relnamespace = current_schema()::regnamespace`.execute(db)
  return rows.map(({ name }) => name)
}

async function keyOf(db: Kysely<Tables>, table: string): Promise<string[]> {
  const { rows } = isPostgres(db)
    ? await sql<{ name: string }>`
        select attname::text as name from pg_index, unnest(indkey) with ordinality as part (number, place), pg_attribute
        where indrelid = ${table}::regclass and indisprimary and attrelid = indrelid and attnum = number
        order by place`.execute(db)
    : await sql<{ name: string }>`select name from pragma_table_info(${table}) where pk > 0 order by pk`.execute(db)
  if (rows.length > 0) return rows.map(({ name }) => name)
  throw new HaggleError('internal', `Table ${table} has no primary key, so that the store cannot copy it page by page.`)
}

async function givenOf(db: Kysely<Tables>, table: string, column: string): Promise<number> {
  if (!isPostgres(db)) {
    const { rows } = await sql<{ seq: number }>`select seq from sqlite_sequence where name = ${table}`.execute(db)
    return rows[0]?.seq ?? 0
  }
  const named = await sql<{ name: string }>`select pg_get_serial_sequence(${table}, ${column}) as name`.execute(db)
  const { rows } = await sql<{ given: number }>`
    select case when is_called then last_value else 0 end as given from ${sql.raw(named.rows[0].name)}`.execute(db)
  return rows[0].given
}
