/**
 * What the monitor counts: Prometheus metrics, named in one place so that boards and alerts can rely on them.
 *
 * Labels have few values on purpose (surface, outcome, type, rule): memory grows with their product.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export type Telemetry = ReturnType<typeof createTelemetry>

const seconds = [0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2]

export function createTelemetry() {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry, prefix: 'haggle_' })
  return {
    registry,
    requests: new Histogram({
      name: 'haggle_http_request_seconds',
      help: 'Time from request to answer.',
      labelNames: ['route', 'status'] as const,
      buckets: seconds,
      registers,
    }),
    answers: new Histogram({
      name: 'haggle_answer_seconds',
      help: 'Time to make one answer of a surface, without the network.',
      labelNames: ['surface'] as const,
      buckets: seconds,
      registers,
    }),
    events: new Counter({
      name: 'haggle_events_total',
      help: 'Events by fate: accepted, duplicate, rejected.',
      labelNames: ['fate'] as const,
      registers,
    }),
    interactions: new Counter({
      name: 'haggle_interactions_total',
      help: 'Accepted events by type, and whether they answer an exposure.',
      labelNames: ['type', 'attributed'] as const,
      registers,
    }),
    shown: new Counter({
      name: 'haggle_items_shown_total',
      help: 'Items shown, by surface.',
      labelNames: ['surface'] as const,
      registers,
    }),
    quality: new Gauge({
      name: 'haggle_data_quality_rows',
      help: 'Rows each cleaning rule touched in the latest check.',
      labelNames: ['catalogue', 'rule'] as const,
      registers,
    }),
    training: new Gauge({
      name: 'haggle_training_progress',
      help: 'Share of the running training that is done; 0 when none runs.',
      labelNames: ['catalogue'] as const,
      registers,
    }),
    losses: new Gauge({
      name: 'haggle_training_loss',
      help: 'Latest losses of the model that learns.',
      labelNames: ['catalogue', 'model', 'loss'] as const,
      registers,
    }),
    modelQuality: new Gauge({
      name: 'haggle_model_metric',
      help: 'Held-out metrics of the live generation.',
      labelNames: ['catalogue', 'surface', 'metric'] as const,
      registers,
    }),
    generations: new Counter({
      name: 'haggle_generations_total',
      help: 'Generations by outcome: published, ready (not to go live), refused, rolled-back, failed, cancelled.',
      labelNames: ['catalogue', 'outcome'] as const,
      registers,
    }),
  }
}
