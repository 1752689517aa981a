/** Reads items as the shop sent them. */
import type { Kysely } from 'kysely'
import type { CatalogueId, ItemId } from '../domain/ids.ts'
import type { ItemRecord } from '../domain/item.ts'
import { runs } from './bulk.ts'
import type { Tables } from './tables.ts'

/** The records of those items that the catalogue holds. */
export async function readRecords(
  db: Kysely<Tables>,
  catalogue: CatalogueId,
  itemIds: readonly ItemId[],
): Promise<Map<ItemId, ItemRecord>> {
  const records = new Map<ItemId, ItemRecord>()
  for (const run of runs(itemIds)) {
    const rows = await db
      .selectFrom('items')
      .select(['item_id', 'record'])
      .where('catalogue', '=', catalogue)
      .where('item_id', 'in', run)
      .execute()
    for (const row of rows) records.set(row.item_id, JSON.parse(row.record) as ItemRecord)
  }
  return records
}
