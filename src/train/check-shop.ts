/** What cleaning makes of the log, rule by rule, without learning anything; kept for the monitor and the console. */
import { createBreathe } from '../base/breathe.ts'
import type { Clock } from '../base/clock.ts'
import type { Config } from '../base/config.ts'
import type { CatalogueId } from '../domain/ids.ts'
import type { QualityReport } from '../preprocess/quality-report.ts'
import type { Store } from '../store/store.ts'
import { apart, type LearningHooks } from './learning-thread.ts'
import { readLog } from './read-log.ts'

export interface CheckRun extends LearningHooks {
  readonly catalogue: CatalogueId
  readonly config: Config
  readonly clock: Clock
}

/** Plain data. */
export interface CheckOptions {
  readonly catalogue: CatalogueId
  readonly config: Config
  readonly nowMs: number
}

const cleanApart = apart<CheckOptions, QualityReport>('check')

export async function checkShop(run: CheckRun): Promise<QualityReport> {
  const { store, catalogue, config, clock } = run
  const nowMs = clock.now()
  const quality = await cleanApart({ catalogue, config, nowMs }, run)
  await store.reports.put(catalogue, 'quality', quality, nowMs)
  return quality
}

/** Writes nothing. */
export async function cleanShop(
  options: CheckOptions,
  { store, progress, signal }: LearningHooks,
): Promise<QualityReport> {
  const { lastSequence: dataSequence } = await store.events.counts(options.catalogue)
  const { quality } = await readLog({ ...options, store, progress, breathe: createBreathe(signal), dataSequence })
  return quality
}

/** What the latest check of this catalogue found, by whichever process; `null` before the first one. */
export async function latestQuality(store: Store, catalogue: CatalogueId): Promise<QualityReport | null> {
  const latest = await store.reports.latest(catalogue, 'quality')
  return latest === null ? null : (latest.report as unknown as QualityReport)
}
