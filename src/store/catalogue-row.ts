/** The one row that stands for a catalogue: its settings, and the number of the latest task that changed it. */
import type { Kysely } from 'kysely'
import type { CatalogueId } from '../domain/ids.ts'
import type { Json } from '../domain/item.ts'
import type { Tables } from './tables.ts'

/** Creates the catalogue when it is new and notes the task that changes it. */
export async function touch(db: Kysely<Tables>, catalogue: CatalogueId, task: number, nowMs: number): Promise<void> {
  await db
    .insertInto('catalogues')
    .values({ catalogue, settings: '{}', last_task: task, created_at_ms: nowMs, updated_at_ms: nowMs })
    .onConflict((conflict) => conflict.column('catalogue').doUpdateSet({ last_task: task, updated_at_ms: nowMs }))
    .execute()
}

export async function readSettings(
  db: Kysely<Tables>,
  catalogue: CatalogueId,
): Promise<Readonly<Record<string, Json>>> {
  const row = await db.selectFrom('catalogues').select('settings').where('catalogue', '=', catalogue).executeTakeFirst()
  return row === undefined ? {} : (JSON.parse(row.settings) as Record<string, Json>)
}
