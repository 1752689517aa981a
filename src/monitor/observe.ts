/** Turns what happens in the loop into the numbers the monitor scrapes, and into the log; the only place that touches the metrics. */
import type { Log } from '../base/log.ts'
import type { Progress } from '../base/progress.ts'
import type { Telemetry } from '../base/telemetry.ts'
import type { ShopEvent } from '../domain/event.ts'
import type { Exposure } from '../domain/exposure.ts'
import { isCancelled } from '../domain/errors.ts'
import type { CatalogueId, GenerationId } from '../domain/ids.ts'
import type { Lookups } from '../base/lookups.ts'
import { wasmBackend } from '../kernels/backend.ts'
import type { ShopMetrics } from '../serve/live-shop.ts'
import type { Generation } from '../store/store.ts'
import { noDrift } from './drift.ts'
import { createGenerationSeries } from './generation-series.ts'
import type { EpochListener, Step } from './training-watch.ts'

type Epoch = Step & { readonly examples: number }

export interface Observer {
  /** Counts the events of a request that cannot be read at all, and throws its reason on. */
  read<Parsed>(body: unknown, parse: () => Parsed): Parsed
  /** @param waitedMs from arrival until safe */
  intake(outcome: { accepted: number; duplicates: number; rejected: readonly unknown[] }, waitedMs: number): void
  /** An accepted event, and the answer it goes back to. */
  event(event: ShopEvent, sight: Sight | null, nowMs: number): void
  /** What came of an answer of this process, whoever accepted the event. */
  outcome(event: ShopEvent, sight: Sight): void
  answer(answer: { readonly surface: string; readonly tookMs: number; readonly hits: readonly unknown[] }): void
  shown(exposure: Exposure): void
  /** What a shop holds at this moment. */
  shop(catalogue: CatalogueId, metrics: ShopMetrics): void
  quality(catalogue: CatalogueId, rows: Iterable<{ name: string; rows: number }>): void
  /** `progress`, watched. */
  progress(catalogue: CatalogueId, progress: Progress): Progress
  /** `onEpoch`, watched. */
  epochs<Surface>(catalogue: CatalogueId, onEpoch?: EpochListener<Surface, Epoch>): EpochListener<Surface, Epoch>
  /** No training runs any more. */
  trained(catalogue: CatalogueId): void
  /** Counts a training that ended without a generation, and throws its reason on. */
  failed(catalogue: CatalogueId, error: unknown): never
  rolledBack(catalogue: CatalogueId, live: GenerationId): void
  /** What answers from now on; `metrics` are the held-out ones by surface. */
  live(generation: Generation, metrics: Readonly<Record<string, Readonly<Record<string, number>>>>): void
  generation(outcome: {
    readonly generation: Generation
    readonly published: boolean
    readonly report: { readonly gate: { readonly forced: boolean; readonly reasons: readonly string[] } }
  }): void
}

/** Where an act's item was seen. */
interface Sight {
  readonly exposure: Exposure
  readonly position: number | null
}

export function observe(telemetry: Telemetry, log: Log): Observer {
  const byGeneration = createGenerationSeries()
  /** When each model that learns reported last. */
  const reported = new Map<string, number>()
  /** Of each cache, as it was told last. */
  const looked = new Map<string, Lookups>()
  return {
    read: (body, parse) => {
      try {
        return parse()
      } catch (error) {
        const { events } = (body ?? {}) as { events?: unknown }
        telemetry.events.inc({ fate: 'rejected' }, Array.isArray(events) ? events.length : 1)
        throw error
      }
    },
    intake: ({ accepted, duplicates, rejected }, waitedMs) => {
      telemetry.intake.observe(waitedMs / 1000)
      telemetry.events.inc({ fate: 'accepted' }, accepted)
      telemetry.events.inc({ fate: 'duplicate' }, duplicates)
      telemetry.events.inc({ fate: 'rejected' }, rejected.length)
    },
    event: ({ type, timeMs }, sight, nowMs) => {
      telemetry.lag.observe(Math.max(0, nowMs - timeMs) / 1000)
      telemetry.interactions.inc({ type, attributed: sight === null ? 'no' : 'yes' })
    },
    outcome: ({ type, quantity, priceMinor }, sight) => {
      const { surface } = sight.exposure
      const generation = sight.exposure.generation ?? 'none'
      byGeneration.add(telemetry.outcomes, { surface, generation, type }, 1)
      if (sight.position !== null) telemetry.positions.inc({ surface, position: positionLabel(sight.position) })
      if (type === 'purchase' && priceMinor !== null) {
        byGeneration.add(telemetry.revenue, { surface, generation }, priceMinor * quantity)
      }
    },
    shown: ({ surface, generation }) => {
      byGeneration.add(telemetry.exposures, { surface, generation: generation ?? 'none' }, 1)
    },
    shop: (catalogue, { items, shoppers, broken, exposuresPending, exposuresLost, featureDrift, caches }) => {
      telemetry.items.set({ catalogue }, items)
      telemetry.shoppers.set({ catalogue }, shoppers)
      telemetry.broken.set({ catalogue }, broken === null ? 0 : 1)
      telemetry.exposuresPending.set({ catalogue }, exposuresPending)
      telemetry.exposuresLost.set({ catalogue }, exposuresLost)
      for (const [feature, drift] of Object.entries(featureDrift))
        telemetry.featureDrift.set({ catalogue, feature }, drift)
      for (const [cache, lookups] of Object.entries(caches)) {
        const key = JSON.stringify([catalogue, cache])
        const before = looked.get(key)
        // A shop that was read anew begins anew.
        const isSame = before !== undefined && before.hits <= lookups.hits && before.misses <= lookups.misses
        for (const outcome of ['hits', 'misses'] as const) {
          telemetry.cacheLookups.inc({ catalogue, cache, outcome }, lookups[outcome] - (isSame ? before[outcome] : 0))
        }
        looked.set(key, { ...lookups })
      }
      const arena = wasmBackend()?.arena
      telemetry.kernelMemory.set({ state: 'in use' }, arena?.taken() ?? 0)
      telemetry.kernelMemory.set({ state: 'idle' }, arena?.idle() ?? 0)
    },
    answer: ({ surface, tookMs, hits }) => {
      telemetry.answers.observe({ surface }, tookMs / 1000)
      telemetry.shown.inc({ surface }, hits.length)
    },
    quality: (catalogue, rules) => {
      for (const { name, rows } of rules) telemetry.quality.set({ catalogue, rule: name }, rows)
    },
    progress: (catalogue, progress) => ({
      report: (stage, done, total, note) => {
        telemetry.training.set({ catalogue }, total > 0 ? done / total : 0)
        progress.report(stage, done, total, note)
      },
    }),
    epochs: (catalogue, onEpoch) => (surface, model, epoch) => {
      for (const [loss, value] of Object.entries(epoch.losses)) telemetry.losses.set({ catalogue, model, loss }, value)
      telemetry.epoch.set({ catalogue, model }, epoch.epoch)
      const key = JSON.stringify([catalogue, surface, model])
      const [last, now] = [reported.get(key), performance.now()]
      if (last !== undefined && epoch.epoch > 1) {
        telemetry.examples.set({ catalogue, model }, (1000 * epoch.examples) / Math.max(1, now - last))
      }
      reported.set(key, now)
      onEpoch?.(surface, model, epoch)
    },
    trained: (catalogue) => {
      telemetry.training.set({ catalogue }, 0)
      telemetry.examples.reset()
      reported.clear()
    },
    failed: (catalogue, error) => {
      telemetry.training.set({ catalogue }, 0)
      telemetry.generations.inc({ catalogue, outcome: isCancelled(error) ? 'cancelled' : 'failed' })
      throw error
    },
    rolledBack: (catalogue, live) => {
      telemetry.generations.inc({ catalogue, outcome: 'rolled-back' })
      log.info({ catalogue, generation: live }, 'rolled back: an earlier generation is live again')
    },
    live: ({ catalogue, createdAtMs }, metrics) => {
      telemetry.liveSince.set({ catalogue }, createdAtMs / 1000)
      for (const [figure, value] of Object.entries(noDrift)) telemetry.drift.set({ catalogue, figure }, value as number)
      for (const [surface, values] of Object.entries(metrics)) {
        for (const [metric, value] of Object.entries(values)) {
          telemetry.modelQuality.set({ catalogue, surface, metric }, value)
        }
      }
    },
    generation: ({ generation, published, report }) => {
      const { catalogue, status, id } = generation
      const { forced, reasons } = report.gate
      if (published && forced) log.warn({ catalogue, generation: id, reasons }, 'a generation was forced past the gate')
      else log.info({ catalogue, generation: id, published, reasons }, 'a generation was trained')
      telemetry.generations.inc({ catalogue, outcome: published ? 'published' : status })
    },
  }
}

/** Few values: where a shopper looks at all matters more than the exact place further down. */
function positionLabel(position: number): string {
  if (position <= 10) return String(position)
  return position <= 20 ? '11-20' : '21+'
}
