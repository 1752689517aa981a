/** Brings a database up to date, whichever it is, or says what to do where that fails. */
import { type Kysely, Migrator } from 'kysely'
import { HaggleError } from '../domain/errors.ts'
import { type ColumnTypes, createMigrations } from './migrations.ts'
import type { Tables } from './tables.ts'

export interface MigrateTo {
  /** Where the database has several: the one that notes which steps were taken. */
  readonly schema?: string
  /** Stops there; without one, at the last. */
  readonly step?: string
}

export async function migrate(
  db: Kysely<Tables>,
  types: ColumnTypes,
  place: string,
  to: MigrateTo = {},
): Promise<void> {
  const { schema, step } = to
  const provider = { getMigrations: async () => createMigrations(types) }
  const migrator = new Migrator({ db, provider, migrationTableSchema: schema })
  if (step !== undefined) await refuseBeyond(migrator, step, place)
  const { error } = await (step === undefined ? migrator.migrateToLatest() : migrator.migrateTo(step))
  if (error instanceof HaggleError) throw error
  if (error !== undefined) {
    throw new HaggleError(
      'bad-state',
      `The store cannot bring ${place} up to date (${messageOf(error)}). Was it written by a newer Haggle? Use that version, or restore a backup.`,
      { cause: error },
    )
  }
}

/** Steps only go forward: going to one behind would take tables away. */
async function refuseBeyond(migrator: Migrator, step: string, place: string): Promise<void> {
  const beyond = (await migrator.getMigrations()).filter(({ name, executedAt }) => executedAt && name > step)
  if (beyond.length === 0) return
  throw new HaggleError(
    'bad-request',
    `The store has made the tables of a newer version in ${place} already, and this is of step ${step}: use an empty database or another schema.`,
  )
}

/** Whether this version knows the step. */
export function knowsStep(types: ColumnTypes, step: string): boolean {
  return Object.hasOwn(createMigrations(types), step)
}

/** The last step that was taken. */
export async function lastStep(db: Kysely<Tables>): Promise<string> {
  const notes = db as unknown as Kysely<{ kysely_migration: { name: string } }>
  const row = await notes.selectFrom('kysely_migration').select('name').orderBy('name', 'desc').executeTakeFirst()
  return row?.name ?? ''
}

export function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}
