/** How far each import came: a chunk's rows and the mark behind them are written together or not at all. */
import type { Kysely } from 'kysely'
import type { CatalogueId, ItemId } from '../domain/ids.ts'
import type { ItemRecord, Json } from '../domain/item.ts'
import { applyChanges } from './catalogue-store.ts'
import { change } from './change-log.ts'
import { insertEvents } from './event-store.ts'
import { readRecords } from './records.ts'
import type { ImportCheckpoint, ImportStore } from './store.ts'
import type { Tables } from './tables.ts'

export function createImportStore(db: Kysely<Tables>): ImportStore {
  return {
    get: async (key) => {
      const row = await db.selectFrom('imports').selectAll().where('key', '=', key).executeTakeFirst()
      return row === undefined ? null : readRow(row)
    },
    advance: (checkpoint, events, items) =>
      // Nobody is told before all is in: whoever answers then reads the catalogue and its log anew.
      change(db, async (inside, { take }) => {
        const newEvents = await insertEvents(inside, events, checkpoint.updatedAtMs, 'imported')
        let newItems = 0
        for (const [catalogue, records] of byCatalogue(items)) {
          newItems += await putRecords(inside, catalogue, records, await take(), checkpoint.updatedAtMs)
        }
        await writeCheckpoint(inside, checkpoint)
        return { newEvents: newEvents.size, newItems }
      }),
    list: async () => {
      const rows = await db.selectFrom('imports').selectAll().orderBy('updated_at_ms', 'desc').orderBy('key').execute()
      return rows.map(readRow)
    },
  }
}

function byCatalogue(
  items: readonly { readonly catalogue: CatalogueId; readonly record: ItemRecord }[],
): Map<CatalogueId, ItemRecord[]> {
  const records = new Map<CatalogueId, ItemRecord[]>()
  for (const { catalogue, record } of items) {
    const list = records.get(catalogue) ?? []
    list.push(record)
    records.set(catalogue, list)
  }
  return records
}

/** Writes the records and says how many items the catalogue did not have. */
async function putRecords(
  db: Kysely<Tables>,
  catalogue: CatalogueId,
  records: readonly ItemRecord[],
  task: number,
  nowMs: number,
): Promise<number> {
  const itemIds = [...new Set(records.map((record) => record.objectID as ItemId))]
  const known = await readRecords(db, catalogue, itemIds)
  await applyChanges(
    db,
    catalogue,
    records.map((record) => ({ kind: 'put', record })),
    task,
    nowMs,
  )
  return itemIds.length - known.size
}

async function writeCheckpoint(db: Kysely<Tables>, checkpoint: ImportCheckpoint): Promise<void> {
  const row = {
    key: checkpoint.key,
    source: checkpoint.source,
    rows_done: checkpoint.rowsDone,
    finished: checkpoint.finished ? 1 : 0,
    report: JSON.stringify(checkpoint.report),
    updated_at_ms: checkpoint.updatedAtMs,
  }
  await db
    .insertInto('imports')
    .values(row)
    .onConflict((conflict) => conflict.column('key').doUpdateSet(row))
    .execute()
}

function readRow(row: Tables['imports']): ImportCheckpoint {
  return {
    key: row.key,
    source: row.source,
    rowsDone: row.rows_done,
    finished: row.finished === 1,
    report: JSON.parse(row.report) as Json,
    updatedAtMs: row.updated_at_ms,
  }
}
