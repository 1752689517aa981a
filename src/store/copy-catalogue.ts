/** Puts one catalogue in the place of another, by SQL alone; must run inside a transaction. */
import type { Kysely } from 'kysely'
import type { CatalogueId } from '../domain/ids.ts'
import type { Json } from '../domain/item.ts'
import { readSettings, touch } from './catalogue-row.ts'
import type { CataloguePart, EntryKind } from './store.ts'
import type { Tables } from './tables.ts'

/** Settings that say what hangs on a catalogue, not how it is searched. */
const ties = ['replicas', 'primary', 'virtual'] as const

export async function copyCatalogue(
  db: Kysely<Tables>,
  source: CatalogueId,
  target: CatalogueId,
  parts: readonly CataloguePart[] | null,
  task: number,
  nowMs: number,
): Promise<void> {
  await touch(db, target, task, nowMs)
  if (source === target) return
  if (parts === null) await copyItems(db, source, target)
  if (parts === null || parts.includes('settings')) await copySettings(db, source, target)
  if (parts === null || parts.includes('rules')) await copyEntries(db, source, target, 'rule')
  if (parts === null || parts.includes('synonyms')) await copyEntries(db, source, target, 'synonym')
}

export async function dropCatalogue(db: Kysely<Tables>, catalogue: CatalogueId): Promise<void> {
  await db.deleteFrom('items').where('catalogue', '=', catalogue).execute()
  await db.deleteFrom('entries').where('catalogue', '=', catalogue).execute()
  await db.deleteFrom('catalogues').where('catalogue', '=', catalogue).execute()
}

async function copyItems(db: Kysely<Tables>, source: CatalogueId, target: CatalogueId): Promise<void> {
  await db.deleteFrom('items').where('catalogue', '=', target).execute()
  await db
    .insertInto('items')
    .columns(['catalogue', 'item_id', 'record'])
    .expression((row) =>
      row
        .selectFrom('items')
        .select((from) => [from.val(target).as('catalogue'), 'item_id', 'record'])
        .where('catalogue', '=', source),
    )
    .execute()
}

async function copySettings(db: Kysely<Tables>, source: CatalogueId, target: CatalogueId): Promise<void> {
  const [copied, before] = [await readSettings(db, source), await readSettings(db, target)]
  const settings: Record<string, Json> = { ...copied }
  for (const tie of ties) {
    if (before[tie] === undefined) delete settings[tie]
    else settings[tie] = before[tie]
  }
  await db
    .updateTable('catalogues')
    .set({ settings: JSON.stringify(settings) })
    .where('catalogue', '=', target)
    .execute()
}

async function copyEntries(
  db: Kysely<Tables>,
  source: CatalogueId,
  target: CatalogueId,
  kind: EntryKind,
): Promise<void> {
  await db.deleteFrom('entries').where('catalogue', '=', target).where('kind', '=', kind).execute()
  await db
    .insertInto('entries')
    .columns(['catalogue', 'kind', 'entry_id', 'place', 'entry'])
    .expression((row) =>
      row
        .selectFrom('entries')
        .select((from) => [from.val(target).as('catalogue'), 'kind', 'entry_id', 'place', 'entry'])
        .where('catalogue', '=', source)
        .where('kind', '=', kind),
    )
    .execute()
}
