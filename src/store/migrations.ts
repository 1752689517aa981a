/**
 * How the tables came to be: steps that only ever go forward, each run once, in order, whole or not at all.
 *
 * Never change a step that has been released; add the next one. Keys sort by name.
 */
import { type ColumnDataType, type ColumnDefinitionBuilder, type Kysely, type Migration } from 'kysely'

/** What one database calls differently from another. */
export interface ColumnTypes {
  readonly bytes: ColumnDataType
  readonly sequence: {
    readonly type: ColumnDataType
    /** Makes the column the primary key that grows and is never reused. */
    readonly grows: (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder
  }
}

export function createMigrations(types: ColumnTypes): Record<string, Migration> {
  return {
    '0001-the-loop': {
      up: async (db: Kysely<unknown>) => {
        await createCatalogueTables(db)
        await createEventTables(db, types)
        await createGenerationTables(db, types)
        await createRecordTables(db)
      },
    },
  }
}

async function createCatalogueTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('counters')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('value', 'bigint', (column) => column.notNull())
    .execute()
  await db.schema
    .createTable('catalogues')
    .addColumn('catalogue', 'text', (column) => column.primaryKey())
    .addColumn('settings', 'text', (column) => column.notNull())
    .addColumn('last_task', 'bigint', (column) => column.notNull())
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('updated_at_ms', 'bigint', (column) => column.notNull())
    .execute()
  await db.schema
    .createTable('items')
    .addColumn('catalogue', 'text', (column) => column.notNull())
    .addColumn('item_id', 'text', (column) => column.notNull())
    .addColumn('record', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('items_key', ['catalogue', 'item_id'])
    .execute()
}

async function createEventTables(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('events')
    .addColumn('sequence', types.sequence.type, types.sequence.grows)
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('catalogue', 'text', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('user_id', 'text', (column) => column.notNull())
    .addColumn('time_ms', 'bigint', (column) => column.notNull())
    .addColumn('item_id', 'text')
    .addColumn('query', 'text')
    .addColumn('query_id', 'text')
    .addColumn('position', 'bigint')
    .addColumn('quantity', 'double precision', (column) => column.notNull())
    .addColumn('price_minor', 'bigint')
    .addColumn('rating', 'double precision')
    .addColumn('order_id', 'text')
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('received_at_ms', 'bigint', (column) => column.notNull())
    .execute()
  await db.schema.createIndex('events_by_id').on('events').column('id').unique().execute()
  // The shopper comes first: one index finds what to answer with and what to erase.
  await db.schema.createIndex('events_by_user').on('events').columns(['user_id', 'catalogue', 'time_ms']).execute()
  await db.schema
    .createTable('exposures')
    .addColumn('query_id', 'text', (column) => column.primaryKey())
    .addColumn('catalogue', 'text', (column) => column.notNull())
    .addColumn('time_ms', 'bigint', (column) => column.notNull())
    .addColumn('user_id', 'text')
    .addColumn('surface', 'text', (column) => column.notNull())
    .addColumn('generation', 'text')
    .addColumn('arm', 'text')
    .addColumn('items', 'text', (column) => column.notNull())
    .execute()
  await db.schema
    .createIndex('exposures_by_time')
    .on('exposures')
    .columns(['catalogue', 'time_ms', 'query_id'])
    .execute()
  await db.schema.createIndex('exposures_by_user').on('exposures').column('user_id').execute()
}

async function createGenerationTables(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('generations')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('catalogue', 'text', (column) => column.notNull())
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('parent', 'text')
    .addColumn('data_until_ms', 'bigint', (column) => column.notNull())
    .addColumn('data_sequence', 'bigint', (column) => column.notNull())
    .addColumn('seed', 'text', (column) => column.notNull())
    .addColumn('recipe', 'text', (column) => column.notNull())
    .addColumn('report', 'text', (column) => column.notNull())
    .execute()
  await db.schema
    .createTable('artefacts')
    .addColumn('generation', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('sha256', 'text', (column) => column.notNull())
    .addColumn('byte_length', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('artefacts_key', ['generation', 'name'])
    .execute()
  await db.schema
    .createTable('artefact_parts')
    .addColumn('generation', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('part', 'integer', (column) => column.notNull())
    .addColumn('bytes', types.bytes, (column) => column.notNull())
    .addPrimaryKeyConstraint('artefact_parts_key', ['generation', 'name', 'part'])
    .execute()
  await db.schema
    .createTable('publications')
    .addColumn('sequence', types.sequence.type, types.sequence.grows)
    .addColumn('catalogue', 'text', (column) => column.notNull())
    .addColumn('generation', 'text', (column) => column.notNull())
    .addColumn('previous', 'text')
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .addColumn('reason', 'text', (column) => column.notNull())
    .addColumn('standing', 'integer', (column) => column.notNull())
    .execute()
}

async function createRecordTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('imports')
    .addColumn('key', 'text', (column) => column.primaryKey())
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('rows_done', 'bigint', (column) => column.notNull())
    .addColumn('finished', 'integer', (column) => column.notNull())
    .addColumn('report', 'text', (column) => column.notNull())
    .addColumn('updated_at_ms', 'bigint', (column) => column.notNull())
    .execute()
  await db.schema
    .createTable('reports')
    .addColumn('catalogue', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('report', 'text', (column) => column.notNull())
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('reports_key', ['catalogue', 'kind'])
    .execute()
}

/** SQLite's words: AUTOINCREMENT keeps a sequence from being given twice, even after its row was erased. */
export const sqliteTypes: ColumnTypes = {
  bytes: 'blob',
  sequence: { type: 'integer', grows: (column) => column.primaryKey().autoIncrement() },
}
