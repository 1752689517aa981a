/** What cleaning makes of the log, rule by rule, without learning anything; kept for the monitor and the console. */
import { createBreathe } from '../base/breathe.ts'
import type { Clock } from '../base/clock.ts'
import type { Config } from '../base/config.ts'
import type { Progress } from '../base/progress.ts'
import type { CatalogueId } from '../domain/ids.ts'
import type { QualityReport } from '../preprocess/quality-report.ts'
import type { Store } from '../store/store.ts'
import { readLog } from './read-log.ts'

export interface CheckRun {
  readonly store: Store
  readonly catalogue: CatalogueId
  readonly config: Config
  readonly clock: Clock
  readonly progress: Progress
  readonly signal?: AbortSignal
}

export async function checkShop({ signal, clock, ...shop }: CheckRun): Promise<QualityReport> {
  const { lastSequence } = await shop.store.events.counts(shop.catalogue)
  const nowMs = clock.now()
  const { quality } = await readLog({ ...shop, breathe: createBreathe(signal), dataSequence: lastSequence, nowMs })
  await shop.store.reports.put(shop.catalogue, 'quality', quality, nowMs)
  return quality
}

/** What the latest check of this catalogue found, by whichever process; `null` before the first one. */
export async function latestQuality(store: Store, catalogue: CatalogueId): Promise<QualityReport | null> {
  const latest = await store.reports.latest(catalogue, 'quality')
  return latest === null ? null : (latest.report as unknown as QualityReport)
}
