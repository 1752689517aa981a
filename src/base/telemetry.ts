/**
 * What the monitor counts: Prometheus metrics, named in one place so that boards and alerts can rely on them.
 *
 * Labels have few values on purpose (surface, outcome, type, rule): memory grows with their product. Of generations
 * only the latest few are kept (monitor/observe.ts). Where there are several shops, each has metrics of its own, with the
 * label `shop`, and the process has its own.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export type Telemetry = ReturnType<typeof createTelemetry>

const seconds = [0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2]
const lags = [0.5, 1, 2, 5, 10, 30, 60, 300, 3600, 86_400]

/** What the process takes: memory, processor, how long others keep the event loop waiting. */
export function watchProcess(registry = new Registry()): Registry {
  collectDefaultMetrics({ register: registry, prefix: 'haggle_' })
  return registry
}

/** Several scrapes as one: each metric is described once. */
export function joinMetrics(scrapes: readonly string[]): string {
  const metrics = new Map<string, string[]>()
  for (const scrape of scrapes) {
    for (const metric of scrape.trim().split('\n\n')) {
      const [help, type, ...values] = metric.split('\n')
      const head = `${help}\n${type}`
      metrics.set(head, [...(metrics.get(head) ?? [head]), ...values])
    }
  }
  return `${[...metrics.values()].map((lines) => lines.join('\n')).join('\n\n')}\n`
}

/** @param shop one of several, whose process is watched by whoever opens them all */
export function createTelemetry(shop?: string) {
  const registry = new Registry()
  const registers = [registry]
  if (shop === undefined) watchProcess(registry)
  else registry.setDefaultLabels({ shop })
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
    intake: new Histogram({
      name: 'haggle_intake_seconds',
      help: 'Time from the arrival of a request with events until they are safe and known to all.',
      buckets: seconds,
      registers,
    }),
    lag: new Histogram({
      name: 'haggle_event_lag_seconds',
      help: 'Time from when an event happened until every later answer knew of it.',
      buckets: lags,
      registers,
    }),
    shown: new Counter({
      name: 'haggle_items_shown_total',
      help: 'Items shown, by surface.',
      labelNames: ['surface'] as const,
      registers,
    }),
    exposures: new Counter({
      name: 'haggle_exposures_total',
      help: 'Answers shown to shoppers, by surface and the generation that made them.',
      labelNames: ['surface', 'generation'] as const,
      registers,
    }),
    outcomes: new Counter({
      name: 'haggle_outcomes_total',
      help: 'What shoppers did with items of an answer, by its surface and generation, and the type of event.',
      labelNames: ['surface', 'generation', 'type'] as const,
      registers,
    }),
    revenue: new Counter({
      name: 'haggle_revenue_minor_total',
      help: 'Price times quantity of purchases that go back to an answer, in minor units of the currency.',
      labelNames: ['surface', 'generation'] as const,
      registers,
    }),
    positions: new Counter({
      name: 'haggle_taken_positions_total',
      help: 'Clicks and later acts by the place at which the item stood: 1 to 10, then 11-20 and 21+.',
      labelNames: ['surface', 'position'] as const,
      registers,
    }),
    items: new Gauge({
      name: 'haggle_shop_items',
      help: 'Items in the live catalogue.',
      labelNames: ['catalogue'] as const,
      registers,
    }),
    shoppers: new Gauge({
      name: 'haggle_shop_shoppers',
      help: 'Shoppers whose profile is in memory.',
      labelNames: ['catalogue'] as const,
      registers,
    }),
    exposuresPending: new Gauge({
      name: 'haggle_exposures_pending',
      help: 'Exposures that wait to be written.',
      labelNames: ['catalogue'] as const,
      registers,
    }),
    exposuresLost: new Gauge({
      name: 'haggle_exposures_lost',
      help: 'Exposures given up since the start because the store was too slow.',
      labelNames: ['catalogue'] as const,
      registers,
    }),
    kernelMemory: new Gauge({
      name: 'haggle_kernel_memory_bytes',
      help: 'Memory of the kernels: in use, and kept for the next fit.',
      labelNames: ['state'] as const,
      registers,
    }),
    liveSince: new Gauge({
      name: 'haggle_generation_created_timestamp_seconds',
      help: 'When the live generation was trained (Unix time).',
      labelNames: ['catalogue'] as const,
      registers,
    }),
    broken: new Gauge({
      name: 'haggle_generation_broken',
      help: '1 where the generation that should answer cannot be loaded, and an earlier one or none answers.',
      labelNames: ['catalogue'] as const,
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
    epoch: new Gauge({
      name: 'haggle_training_epoch',
      help: 'Latest epoch of the model that learns.',
      labelNames: ['catalogue', 'model'] as const,
      registers,
    }),
    examples: new Gauge({
      name: 'haggle_training_examples_per_second',
      help: 'Rows, sequence steps or slates that the model learnt from in its latest epoch, a second.',
      labelNames: ['catalogue', 'model'] as const,
      registers,
    }),
    modelQuality: new Gauge({
      name: 'haggle_model_metric',
      help: 'Held-out metrics of the live generation.',
      labelNames: ['catalogue', 'surface', 'metric'] as const,
      registers,
    }),
    drift: new Gauge({
      name: 'haggle_drift',
      help:
        'Fresh feedback against what the live generation expects: pValue (holds however often it is looked at), ' +
        'surprise and discrimination (both 0.5 where nothing has changed), observations.',
      labelNames: ['catalogue', 'figure'] as const,
      registers,
    }),
    cacheLookups: new Counter({
      name: 'haggle_cache_lookups_total',
      help: 'What is kept at hand (filters of searches, restrictions of recommendations, tastes of shoppers): was it there?',
      labelNames: ['catalogue', 'cache', 'outcome'] as const,
      registers,
    }),
    featureDrift: new Gauge({
      name: 'haggle_feature_drift',
      help:
        'Of what shoppers act on, the mean of each signal over about a day less that over about a month, in standard ' +
        'deviations; nothing before some 1,000 events.',
      labelNames: ['catalogue', 'feature'] as const,
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
