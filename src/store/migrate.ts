/** Brings a database up to date, whichever it is, or says what to do where that fails. */
import { type Kysely, Migrator } from 'kysely'
import { HaggleError } from '../domain/errors.ts'
import { type ColumnTypes, createMigrations } from './migrations.ts'
import type { Tables } from './tables.ts'

/** @param schema where the database has several: the one that notes which steps were taken */
export async function migrate(db: Kysely<Tables>, types: ColumnTypes, place: string, schema?: string): Promise<void> {
  const provider = { getMigrations: async () => createMigrations(types) }
  const { error } = await new Migrator({ db, provider, migrationTableSchema: schema }).migrateToLatest()
  if (error instanceof HaggleError) throw error
  if (error !== undefined) {
    throw new HaggleError(
      'bad-state',
      `The store cannot bring ${place} up to date (${messageOf(error)}). Was it written by a newer Haggle? Use that version, or restore a backup.`,
      { cause: error },
    )
  }
}

export function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}
