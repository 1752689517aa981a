/** What the shop offers: records as the shop sent them, its settings, and the tasks that changed either. */
import type { Kysely } from 'kysely'
import { createBreathe } from '../base/breathe.ts'
import type { CatalogueId, ItemId } from '../domain/ids.ts'
import type { ItemRecord } from '../domain/item.ts'
import { createBulkStatement, runs } from './bulk.ts'
import { readSettings, touch } from './catalogue-row.ts'
import { change } from './change-log.ts'
import { copyCatalogue, dropCatalogue } from './copy-catalogue.ts'
import { readRecords } from './records.ts'
import type { CatalogueStore, ItemChange } from './store.ts'
import type { Tables } from './tables.ts'

const pageRows = 1_000

export function createCatalogueStore(db: Kysely<Tables>): CatalogueStore {
  return {
    list: async () => {
      const rows = await db
        .selectFrom('catalogues')
        .select(['catalogue', 'created_at_ms', 'updated_at_ms'])
        .select((row) =>
          row
            .selectFrom('items')
            .select(({ fn }) => fn.countAll<number>().as('count'))
            .whereRef('items.catalogue', '=', 'catalogues.catalogue')
            .as('item_count'),
        )
        .orderBy('catalogue')
        .execute()
      return rows.map((row) => ({
        catalogue: row.catalogue,
        itemCount: row.item_count ?? 0,
        createdAtMs: row.created_at_ms,
        updatedAtMs: row.updated_at_ms,
      }))
    },
    apply: (catalogue, changes, nowMs) => applyAll(db, new Map([[catalogue, changes]]), nowMs),
    applyAll: (all, nowMs) => applyAll(db, all, nowMs),
    lastTask: async (catalogue) => {
      const row = await db
        .selectFrom('catalogues')
        .select('last_task')
        .where('catalogue', '=', catalogue)
        .executeTakeFirst()
      return row?.last_task ?? 0
    },
    get: (catalogue, itemIds) => readRecords(db, catalogue, itemIds),
    scan: (catalogue) => scanRecords(db, catalogue),
    settings: (catalogue) => readSettings(db, catalogue),
    changeSettings: (catalogue, changes, nowMs) => rearrange(db, async () => new Map([[catalogue, changes]]), nowMs),
    rearrange: (plan, nowMs) => rearrange(db, plan, nowMs),
    drop: (catalogue) => rearrange(db, async () => new Map([[catalogue, null]]), 0),
    copy: (source, target, parts, nowMs) =>
      change(db, async (inside, { take, note }) => {
        const task = await take()
        await copyCatalogue(inside, source, target, parts, task, nowMs)
        note({ kind: parts === null ? 'whole' : 'settings', catalogue: target })
        return task
      }),
    move: (source, target, nowMs) =>
      change(db, async (inside, { take, note }) => {
        const task = await take()
        await copyCatalogue(inside, source, target, null, task, nowMs)
        await dropCatalogue(inside, source)
        note({ kind: 'whole', catalogue: source })
        note({ kind: 'whole', catalogue: target })
        return task
      }),
    renewed: (catalogue, nowMs) =>
      change(db, async (inside, { take, note }) => {
        const task = await take()
        await touch(inside, catalogue, task, nowMs)
        note({ kind: 'whole', catalogue })
        return task
      }),
  }
}

function rearrange(db: Kysely<Tables>, plan: Parameters<CatalogueStore['rearrange']>[0], nowMs: number) {
  return change(db, async (inside, { take, note }) => {
    const task = await take()
    for (const [catalogue, changes] of await plan((each) => readSettings(inside, each))) {
      if (changes === null) {
        await dropCatalogue(inside, catalogue)
        note({ kind: 'whole', catalogue })
        continue
      }
      await touch(inside, catalogue, task, nowMs)
      note({ kind: 'settings', catalogue })
      const settings = JSON.stringify({ ...(await readSettings(inside, catalogue)), ...changes })
      await inside.updateTable('catalogues').set({ settings }).where('catalogue', '=', catalogue).execute()
    }
    return task
  })
}

function applyAll(
  db: Kysely<Tables>,
  all: ReadonlyMap<CatalogueId, readonly ItemChange[]>,
  nowMs: number,
): Promise<number> {
  return change(db, async (inside, { take, note }) => {
    const task = await take()
    for (const [catalogue, changes] of all) {
      const { cleared, ids } = await applyChanges(inside, catalogue, changes, task, nowMs)
      note({ kind: 'items', catalogue, cleared, ids })
    }
    return task
  })
}

/** Applies changes in order and says what they touched; must run inside a transaction that others wait for. */
export async function applyChanges(
  db: Kysely<Tables>,
  catalogue: CatalogueId,
  changes: readonly ItemChange[],
  task: number,
  nowMs: number,
): Promise<{ cleared: boolean; ids: ItemId[] }> {
  await touch(db, catalogue, task, nowMs)
  const { cleared, records } = await outcome(db, catalogue, changes)
  const gone: ItemId[] = []
  const kept: Tables['items'][] = []
  for (const [itemId, record] of records) {
    if (record === null) gone.push(itemId)
    else kept.push({ catalogue, item_id: itemId, record: JSON.stringify(record) })
  }
  if (cleared) await db.deleteFrom('items').where('catalogue', '=', catalogue).execute()
  else {
    for (const run of runs(gone)) {
      await db.deleteFrom('items').where('catalogue', '=', catalogue).where('item_id', 'in', run).execute()
    }
  }
  await upsert(db, kept)
  return { cleared, ids: [...records.keys()] }
}

/** What a list of changes comes to: one record, or its absence, for each item it touches. */
async function outcome(
  db: Kysely<Tables>,
  catalogue: CatalogueId,
  changes: readonly ItemChange[],
): Promise<{ cleared: boolean; records: Map<ItemId, ItemRecord | null> }> {
  const merged = changes.flatMap((change) => (change.kind === 'merge' ? [change.record.objectID as ItemId] : []))
  const stored = await readRecords(db, catalogue, merged)
  const records = new Map<ItemId, ItemRecord | null>()
  let cleared = false
  for (const change of changes) {
    switch (change.kind) {
      case 'put':
        records.set(change.record.objectID as ItemId, change.record)
        break
      case 'merge': {
        const itemId = change.record.objectID as ItemId
        const present = records.has(itemId) ? records.get(itemId) : stored.get(itemId)
        if (present || change.createIfMissing) records.set(itemId, { ...present, ...change.record })
        break
      }
      case 'delete':
        records.set(change.itemId, null)
        break
      case 'clear':
        cleared = true
        records.clear()
        stored.clear()
        break
    }
  }
  return { cleared, records }
}

const upsert = createBulkStatement<Tables['items'], never>(['catalogue', 'item_id', 'record'], (db, rows) =>
  db
    .insertInto('items')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['catalogue', 'item_id']).doUpdateSet((row) => ({ record: row.ref('excluded.record') })),
    )
    .$castTo<never>(),
)

async function* scanRecords(db: Kysely<Tables>, catalogue: CatalogueId): AsyncGenerator<ItemRecord[]> {
  const breathe = createBreathe()
  let last: ItemId | null = null
  for (;;) {
    let page = db.selectFrom('items').select(['item_id', 'record']).where('catalogue', '=', catalogue)
    if (last !== null) page = page.where('item_id', '>', last)
    const rows: { item_id: ItemId; record: string }[] = await page.orderBy('item_id').limit(pageRows).execute()
    if (rows.length > 0) yield rows.map((row) => JSON.parse(row.record) as ItemRecord)
    if (rows.length < pageRows) return
    last = rows[rows.length - 1].item_id
    await breathe()
  }
}
