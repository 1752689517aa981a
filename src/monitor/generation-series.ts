/** Counts by generation, of the latest few generations only: a label with a new value every day would grow for ever. */
import type { Counter } from 'prom-client'

type Labels<Name extends string> = Readonly<Record<Name | 'generation', string>>

export interface GenerationSeries {
  add<Name extends string>(counter: Counter<Name | 'generation'>, labels: Labels<Name>, value: number): void
}

export function createGenerationSeries(mostGenerations = 5): GenerationSeries {
  /** Generation → each of its series → how to take it away. */
  const kept = new Map<string, Map<string, () => void>>()
  const counters = new Map<unknown, number>()

  return {
    add: (counter, labels, value) => {
      counter.inc(labels, value)
      const counterId = counters.get(counter) ?? counters.size
      counters.set(counter, counterId)
      const own = kept.get(labels.generation) ?? new Map<string, () => void>()
      own.set(JSON.stringify([counterId, labels]), () => counter.remove(labels))
      kept.set(labels.generation, own)
      if (kept.size <= mostGenerations) return
      const [oldest, series] = kept.entries().next().value as [string, Map<string, () => void>]
      for (const remove of series.values()) remove()
      kept.delete(oldest)
    },
  }
}
