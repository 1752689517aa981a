/** Reads a shop's catalogue and events out of the store and cleans them: where training, evaluation and checks begin. */
import type { Breathe } from '../base/breathe.ts'
import type { Config } from '../base/config.ts'
import type { Progress } from '../base/progress.ts'
import type { ShopEvent } from '../domain/event.ts'
import type { CatalogueId, ItemId } from '../domain/ids.ts'
import { type Item, readItem } from '../domain/item.ts'
import type { BehaviourLog } from '../preprocess/behaviour-log.ts'
import { cleanLog } from '../preprocess/clean.ts'
import type { QualityReport } from '../preprocess/quality-report.ts'
import type { Store } from '../store/store.ts'

export interface ReadLogOptions {
  readonly store: Store
  readonly catalogue: CatalogueId
  readonly config: Config
  readonly progress: Progress
  readonly breathe: Breathe
  /** Events up to this sequence are read. */
  readonly dataSequence: number
  /** Events after this moment are from the future. */
  readonly nowMs: number
}

export interface CleanedLog {
  readonly log: BehaviourLog
  readonly quality: QualityReport
  readonly item: (itemId: ItemId) => Item | undefined
  /** Everything the catalogue holds. */
  readonly catalogueItems: readonly ItemId[]
}

export async function readLog(options: ReadLogOptions): Promise<CleanedLog> {
  const { store, catalogue, config, progress, breathe, nowMs } = options
  const items = await readCatalogue(store, catalogue, config)
  const item = (itemId: ItemId) => items.get(itemId)
  const { byType } = await store.events.counts(catalogue)
  const expectedEvents = Object.values(byType).reduce((sum, count) => sum + count, 0)
  const context = { config: config.preprocess, nowMs, item, progress, breathe, expectedEvents }
  const { log, report } = await cleanLog(eventsUpTo(options), context)
  return { log, quality: report, item, catalogueItems: [...items.keys()] }
}

async function readCatalogue(store: Store, catalogue: CatalogueId, config: Config): Promise<Map<ItemId, Item>> {
  const items = new Map<ItemId, Item>()
  for await (const records of store.catalogues.scan(catalogue)) {
    for (const record of records) {
      const item = readItem(catalogue, record, config.attributes)
      items.set(item.id, item)
    }
  }
  return items
}

async function* eventsUpTo({ store, catalogue, dataSequence }: ReadLogOptions): AsyncIterable<ShopEvent[]> {
  for await (const events of store.events.scan({ catalogue, purpose: 'training' })) {
    yield events.filter((event) => event.sequence <= dataSequence)
    if (events.some((event) => event.sequence >= dataSequence)) return
  }
}
