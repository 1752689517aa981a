/** Turns what happens in the loop into the numbers the monitor scrapes, and into the log; the only place that touches the metrics. */
import type { Log } from '../base/log.ts'
import type { Progress } from '../base/progress.ts'
import type { Telemetry } from '../base/telemetry.ts'
import type { ShopEvent } from '../domain/event.ts'
import { HaggleError } from '../domain/errors.ts'
import type { CatalogueId, GenerationId } from '../domain/ids.ts'
import type { Answer } from '../serve/answer.ts'
import type { Generation } from '../store/store.ts'

type EpochListener<Surface> = (
  surface: Surface,
  model: string,
  epoch: { readonly epoch: number; readonly losses: Readonly<Record<string, number>> },
) => void

export interface Observer {
  intake(outcome: { accepted: number; duplicates: number; rejected: readonly unknown[] }): void
  events(events: readonly ShopEvent[]): void
  answer(answer: Answer): void
  quality(catalogue: CatalogueId, rows: Iterable<{ name: string; rows: number }>): void
  /** `progress`, watched. */
  progress(catalogue: CatalogueId, progress: Progress): Progress
  /** `onEpoch`, watched. */
  epochs<Surface>(catalogue: CatalogueId, onEpoch?: EpochListener<Surface>): EpochListener<Surface>
  /** No training runs any more. */
  trained(catalogue: CatalogueId): void
  /** Counts a training that ended without a generation, and throws its reason on. */
  failed(catalogue: CatalogueId, error: unknown): never
  rolledBack(catalogue: CatalogueId, live: GenerationId): void
  /** `metrics` are the held-out ones by surface. */
  generation(outcome: {
    readonly generation: Generation
    readonly published: boolean
    readonly report: { readonly gate: { readonly forced: boolean; readonly reasons: readonly string[] } }
    readonly metrics: Readonly<Record<string, Readonly<Record<string, number>>>>
  }): void
}

export function observe(telemetry: Telemetry, log: Log): Observer {
  return {
    intake: ({ accepted, duplicates, rejected }) => {
      telemetry.events.inc({ fate: 'accepted' }, accepted)
      telemetry.events.inc({ fate: 'duplicate' }, duplicates)
      telemetry.events.inc({ fate: 'rejected' }, rejected.length)
    },
    events: (events) => {
      for (const { type, queryId } of events) {
        telemetry.interactions.inc({ type, attributed: queryId === null ? 'no' : 'yes' })
      }
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
      onEpoch?.(surface, model, epoch)
    },
    trained: (catalogue) => telemetry.training.set({ catalogue }, 0),
    failed: (catalogue, error) => {
      telemetry.training.set({ catalogue }, 0)
      const cancelled = error instanceof HaggleError && error.code === 'cancelled'
      telemetry.generations.inc({ catalogue, outcome: cancelled ? 'cancelled' : 'failed' })
      throw error
    },
    rolledBack: (catalogue, live) => {
      telemetry.generations.inc({ catalogue, outcome: 'rolled-back' })
      log.info({ catalogue, generation: live }, 'rolled back: an earlier generation is live again')
    },
    generation: ({ generation, published, report, metrics }) => {
      const { catalogue, status, id } = generation
      const { forced, reasons } = report.gate
      if (published && forced) log.warn({ catalogue, generation: id, reasons }, 'a generation was forced past the gate')
      else log.info({ catalogue, generation: id, published, reasons }, 'a generation was trained')
      telemetry.generations.inc({ catalogue, outcome: published ? 'published' : status })
      if (!published) return
      for (const [surface, values] of Object.entries(metrics)) {
        for (const [metric, value] of Object.entries(values)) {
          telemetry.modelQuality.set({ catalogue, surface, metric }, value)
        }
      }
    },
  }
}
