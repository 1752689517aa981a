/** Rules and synonyms of a catalogue, in the order in which they were first saved. */
import type { Kysely } from 'kysely'
import type { CatalogueId } from '../domain/ids.ts'
import type { Json } from '../domain/item.ts'
import { runs } from './bulk.ts'
import { touch } from './catalogue-row.ts'
import { change } from './change-log.ts'
import type { Entry, EntryKind, EntryStore } from './store.ts'
import type { Tables } from './tables.ts'

export function createEntryStore(db: Kysely<Tables>): EntryStore {
  return {
    list: async (catalogue, kind) => {
      const rows = await db
        .selectFrom('entries')
        .select(['entry_id', 'entry'])
        .where('catalogue', '=', catalogue)
        .where('kind', '=', kind)
        .orderBy('place')
        .execute()
      return rows.map((row) => ({ id: row.entry_id, entry: JSON.parse(row.entry) as Json }))
    },
    save: (catalogue, kind, entries, { replace, nowMs }) =>
      change(db, async (inside, { take, note }) => {
        const task = await take()
        await touch(inside, catalogue, task, nowMs)
        note({ kind: 'settings', catalogue })
        if (replace) await removeEntries(inside, catalogue, kind, null)
        await insertEntries(inside, catalogue, kind, entries)
        return task
      }),
    remove: (catalogue, kind, ids, nowMs) =>
      change(db, async (inside, { take, note }) => {
        const task = await take()
        await touch(inside, catalogue, task, nowMs)
        note({ kind: 'settings', catalogue })
        await removeEntries(inside, catalogue, kind, ids)
        return task
      }),
  }
}

async function insertEntries(
  db: Kysely<Tables>,
  catalogue: CatalogueId,
  kind: EntryKind,
  entries: readonly Entry[],
): Promise<void> {
  const last = await db
    .selectFrom('entries')
    .select(({ fn }) => fn.max('place').as('place'))
    .where('catalogue', '=', catalogue)
    .where('kind', '=', kind)
    .executeTakeFirst()
  const first = (last?.place ?? -1) + 1
  const latest = new Map(entries.map((each) => [each.id, each]))
  const rows = [...latest.values()].map(({ id, entry }, at) => ({
    catalogue,
    kind,
    entry_id: id,
    place: first + at,
    entry: JSON.stringify(entry),
  }))
  for (const run of runs(rows)) {
    await db
      .insertInto('entries')
      .values(run)
      .onConflict((conflict) =>
        conflict
          .columns(['catalogue', 'kind', 'entry_id'])
          .doUpdateSet((row) => ({ entry: row.ref('excluded.entry') })),
      )
      .execute()
  }
}

async function removeEntries(
  db: Kysely<Tables>,
  catalogue: CatalogueId,
  kind: EntryKind,
  ids: readonly string[] | null,
): Promise<void> {
  const all = db.deleteFrom('entries').where('catalogue', '=', catalogue).where('kind', '=', kind)
  if (ids === null) await all.execute()
  else for (const run of runs(ids)) await all.where('entry_id', 'in', run).execute()
}
