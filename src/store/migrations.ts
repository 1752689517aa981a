/**
 * How the tables came to be: steps that only ever go forward, each run once, in order, whole or not at all.
 *
 * Never change a step that has been released; add the next one. Keys sort by name.
 */
import {
  type ColumnDataType,
  type ColumnDefinitionBuilder,
  type Kysely,
  type Migration,
  type RawBuilder,
  sql,
} from 'kysely'

/** What one database calls differently from another. */
export interface ColumnTypes {
  /** Compares by code point. */
  readonly text: ColumnDataType | RawBuilder<unknown>
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
        await createCatalogueTables(db, types)
        await createEventTables(db, types)
        await createGenerationTables(db, types)
        await createRecordTables(db, types)
      },
    },
    '0002-search': {
      up: async (db: Kysely<unknown>) => {
        await createSearchTables(db, types)
      },
    },
    '0003-search-counts': {
      up: async (db: Kysely<unknown>) => {
        await createSearchCounts(db, types)
      },
    },
    '0004-vectors': {
      up: async (db: Kysely<unknown>) => {
        await createVectorTable(db, types)
      },
    },
    '0005-replicas': {
      up: async (db: Kysely<unknown>) => {
        await createReplicaTables(db, types)
      },
    },
    '0006-people': {
      up: async (db: Kysely<unknown>) => {
        await createPeopleTables(db, types)
      },
    },
  }
}

async function createCatalogueTables(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('counters')
    .addColumn('name', types.text, (column) => column.primaryKey())
    .addColumn('value', 'bigint', (column) => column.notNull())
    .execute()
  await db.schema
    .createTable('catalogues')
    .addColumn('catalogue', types.text, (column) => column.primaryKey())
    .addColumn('settings', types.text, (column) => column.notNull())
    .addColumn('last_task', 'bigint', (column) => column.notNull())
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('updated_at_ms', 'bigint', (column) => column.notNull())
    .execute()
  await db.schema
    .createTable('items')
    .addColumn('catalogue', types.text, (column) => column.notNull())
    .addColumn('item_id', types.text, (column) => column.notNull())
    .addColumn('record', types.text, (column) => column.notNull())
    .addPrimaryKeyConstraint('items_key', ['catalogue', 'item_id'])
    .execute()
}

async function createEventTables(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('events')
    .addColumn('sequence', types.sequence.type, types.sequence.grows)
    .addColumn('id', types.text, (column) => column.notNull())
    .addColumn('catalogue', types.text, (column) => column.notNull())
    .addColumn('type', types.text, (column) => column.notNull())
    .addColumn('user_id', types.text, (column) => column.notNull())
    .addColumn('time_ms', 'bigint', (column) => column.notNull())
    .addColumn('item_id', types.text)
    .addColumn('query', types.text)
    .addColumn('query_id', types.text)
    .addColumn('position', 'bigint')
    .addColumn('quantity', 'double precision', (column) => column.notNull())
    .addColumn('price_minor', 'bigint')
    .addColumn('rating', 'double precision')
    .addColumn('order_id', types.text)
    .addColumn('name', types.text, (column) => column.notNull())
    .addColumn('received_at_ms', 'bigint', (column) => column.notNull())
    .execute()
  await db.schema.createIndex('events_by_id').on('events').column('id').unique().execute()
  // The shopper comes first: one index finds what to answer with and what to erase.
  await db.schema.createIndex('events_by_user').on('events').columns(['user_id', 'catalogue', 'time_ms']).execute()
  await db.schema
    .createTable('exposures')
    .addColumn('query_id', types.text, (column) => column.primaryKey())
    .addColumn('catalogue', types.text, (column) => column.notNull())
    .addColumn('time_ms', 'bigint', (column) => column.notNull())
    .addColumn('user_id', types.text)
    .addColumn('surface', types.text, (column) => column.notNull())
    .addColumn('generation', types.text)
    .addColumn('arm', types.text)
    .addColumn('items', types.text, (column) => column.notNull())
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
    .addColumn('id', types.text, (column) => column.primaryKey())
    .addColumn('catalogue', types.text, (column) => column.notNull())
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('status', types.text, (column) => column.notNull())
    .addColumn('parent', types.text)
    .addColumn('data_until_ms', 'bigint', (column) => column.notNull())
    .addColumn('data_sequence', 'bigint', (column) => column.notNull())
    .addColumn('seed', types.text, (column) => column.notNull())
    .addColumn('recipe', types.text, (column) => column.notNull())
    .addColumn('report', types.text, (column) => column.notNull())
    .execute()
  await db.schema
    .createTable('artefacts')
    .addColumn('generation', types.text, (column) => column.notNull())
    .addColumn('name', types.text, (column) => column.notNull())
    .addColumn('sha256', types.text, (column) => column.notNull())
    .addColumn('byte_length', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('artefacts_key', ['generation', 'name'])
    .execute()
  await db.schema
    .createTable('artefact_parts')
    .addColumn('generation', types.text, (column) => column.notNull())
    .addColumn('name', types.text, (column) => column.notNull())
    .addColumn('part', 'integer', (column) => column.notNull())
    .addColumn('bytes', types.bytes, (column) => column.notNull())
    .addPrimaryKeyConstraint('artefact_parts_key', ['generation', 'name', 'part'])
    .execute()
  await db.schema
    .createTable('publications')
    .addColumn('sequence', types.sequence.type, types.sequence.grows)
    .addColumn('catalogue', types.text, (column) => column.notNull())
    .addColumn('generation', types.text, (column) => column.notNull())
    .addColumn('previous', types.text)
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .addColumn('reason', types.text, (column) => column.notNull())
    .addColumn('standing', 'integer', (column) => column.notNull())
    .execute()
}

async function createRecordTables(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('imports')
    .addColumn('key', types.text, (column) => column.primaryKey())
    .addColumn('source', types.text, (column) => column.notNull())
    .addColumn('rows_done', 'bigint', (column) => column.notNull())
    .addColumn('finished', 'integer', (column) => column.notNull())
    .addColumn('report', types.text, (column) => column.notNull())
    .addColumn('updated_at_ms', 'bigint', (column) => column.notNull())
    .execute()
  await db.schema
    .createTable('reports')
    .addColumn('catalogue', types.text, (column) => column.notNull())
    .addColumn('kind', types.text, (column) => column.notNull())
    .addColumn('report', types.text, (column) => column.notNull())
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('reports_key', ['catalogue', 'kind'])
    .execute()
}

async function createSearchTables(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('entries')
    .addColumn('catalogue', types.text, (column) => column.notNull())
    .addColumn('kind', types.text, (column) => column.notNull())
    .addColumn('entry_id', types.text, (column) => column.notNull())
    .addColumn('place', 'bigint', (column) => column.notNull())
    .addColumn('entry', types.text, (column) => column.notNull())
    .addPrimaryKeyConstraint('entries_key', ['catalogue', 'kind', 'entry_id'])
    .execute()
  await db.schema
    .createTable('keys')
    .addColumn('hash', types.text, (column) => column.primaryKey())
    .addColumn('sealed', types.bytes, (column) => column.notNull())
    .addColumn('rights', types.text, (column) => column.notNull())
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('deleted_at_ms', 'bigint')
    .execute()
  await db.schema.alterTable('exposures').addColumn('query', types.text).execute()
  await db.schema
    .alterTable('exposures')
    .addColumn('skipped', 'bigint', (column) => column.notNull().defaultTo(0))
    .execute()
}

async function createSearchCounts(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await db.schema.alterTable('exposures').addColumn('searched', types.text).execute()
  await db.schema
    .createTable('search_counts')
    .addColumn('catalogue', types.text, (column) => column.notNull())
    .addColumn('day', 'bigint', (column) => column.notNull())
    .addColumn('index_name', types.text, (column) => column.notNull())
    .addColumn('kind', types.text, (column) => column.notNull())
    .addColumn('query', types.text, (column) => column.notNull())
    .addColumn('filters', types.text, (column) => column.notNull())
    .addColumn('tags', types.text, (column) => column.notNull())
    .addColumn('searches', 'bigint', (column) => column.notNull())
    .addColumn('without_results', 'bigint', (column) => column.notNull())
    .addColumn('hits', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('search_counts_key', ['catalogue', 'day', 'index_name', 'kind'])
    .execute()
}

async function createVectorTable(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('vectors')
    .addColumn('model', types.text, (column) => column.notNull())
    .addColumn('hash', types.text, (column) => column.notNull())
    .addColumn('vector', types.bytes, (column) => column.notNull())
    .addPrimaryKeyConstraint('vectors_key', ['model', 'hash'])
    .execute()
}

async function createReplicaTables(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('changes')
    .addColumn('number', 'bigint', (column) => column.primaryKey())
    .addColumn('what', types.text, (column) => column.notNull())
    .execute()
  await db.schema
    .createTable('leases')
    .addColumn('name', types.text, (column) => column.primaryKey())
    .addColumn('holder', types.text, (column) => column.notNull())
    .addColumn('number', 'bigint', (column) => column.notNull())
    .addColumn('until_ms', 'bigint', (column) => column.notNull())
    .execute()
  await db.schema
    .alterTable('events')
    .addColumn('imported', 'integer', (column) => column.notNull().defaultTo(0))
    .execute()
}

async function createPeopleTables(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  for (const table of ['events', 'exposures']) {
    await db.schema
      .alterTable(table)
      .addColumn('refused', 'integer', (column) => column.notNull().defaultTo(0))
      .execute()
  }
  await db.schema
    .createTable('consents')
    .addColumn('user_id', types.text, (column) => column.primaryKey())
    .addColumn('refused', 'integer', (column) => column.notNull())
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .execute()
  await db.schema
    .createTable('logins')
    .addColumn('visitor', types.text, (column) => column.notNull())
    .addColumn('account', types.text, (column) => column.notNull())
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('logins_key', ['visitor', 'account'])
    .execute()
  await db.schema.createIndex('logins_by_account').on('logins').column('account').execute()
  await db.schema
    .createTable('audit')
    .addColumn('sequence', 'bigint', (column) => column.primaryKey())
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .addColumn('who', types.text, (column) => column.notNull())
    .addColumn('what', types.text, (column) => column.notNull())
    .addColumn('subject', types.text, (column) => column.notNull())
    .addColumn('details', types.text, (column) => column.notNull())
    .addColumn('hash', types.text, (column) => column.notNull())
    .execute()
  await db.schema
    .createTable('erasures')
    .addColumn('subject', types.text, (column) => column.primaryKey())
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .addColumn('certificate', types.text, (column) => column.notNull())
    .execute()
  await db.schema
    .createTable('secrets')
    .addColumn('name', types.text, (column) => column.primaryKey())
    .addColumn('sealed', types.bytes, (column) => column.notNull())
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .execute()
}

/** SQLite's words: AUTOINCREMENT keeps a sequence from being given twice, even after its row was erased. */
export const sqliteTypes: ColumnTypes = {
  text: 'text',
  bytes: 'blob',
  sequence: { type: 'integer', grows: (column) => column.primaryKey().autoIncrement() },
}

export const postgresTypes: ColumnTypes = {
  text: sql`text collate "C"`,
  bytes: 'bytea',
  sequence: { type: 'bigint', grows: (column) => column.primaryKey().generatedAlwaysAsIdentity() },
}
