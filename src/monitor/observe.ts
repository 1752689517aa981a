/** Turns what happens in the loop into the numbers the monitor scrapes; the only place that touches the metrics. */
import type { Progress } from '../base/progress.ts'
import type { Telemetry } from '../base/telemetry.ts'
import type { ShopEvent } from '../domain/event.ts'
import type { CatalogueId } from '../domain/ids.ts'
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
  /** `metrics` are the held-out ones by surface. */
  generation(outcome: {
    readonly generation: Generation
    readonly published: boolean
    readonly metrics: Readonly<Record<string, Readonly<Record<string, number>>>>
  }): void
}

export function observe(telemetry: Telemetry): Observer {
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
    generation: ({ generation, published, metrics }) => {
      const { catalogue, status } = generation
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
