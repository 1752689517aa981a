/** The one row that stands for a catalogue: its settings, and the number of the latest task that changed it. */
import type { Kysely } from 'kysely'
import type { CatalogueId } from '../domain/ids.ts'
import type { Json } from '../domain/item.ts'
import type { Tables } from './tables.ts'

/** Creates the catalogue when it is new and gives it the next task number, of which no catalogue had one before. */
export async function touch(db: Kysely<Tables>, catalogue: CatalogueId, nowMs: number): Promise<number> {
  const { value } = await db
    .insertInto('counters')
    .values({ name: 'task', value: 1 })
    .onConflict((conflict) => conflict.column('name').doUpdateSet((row) => ({ value: row('counters.value', '+', 1) })))
    .returning('value')
    .executeTakeFirstOrThrow()
  await db
    .insertInto('catalogues')
    .values({ catalogue, settings: '{}', last_task: value, created_at_ms: nowMs, updated_at_ms: nowMs })
    .onConflict((conflict) => conflict.column('catalogue').doUpdateSet({ last_task: value, updated_at_ms: nowMs }))
    .execute()
  return value
}

export async function readSettings(
  db: Kysely<Tables>,
  catalogue: CatalogueId,
): Promise<Readonly<Record<string, Json>>> {
  const row = await db.selectFrom('catalogues').select('settings').where('catalogue', '=', catalogue).executeTakeFirst()
  return row === undefined ? {} : (JSON.parse(row.settings) as Record<string, Json>)
}
