/** Turns a row of a table of interactions into the question that shopper, visit or basket would ask. */
import { basketsOfRow } from '../preprocess/baskets.ts'
import type { Query } from './model.ts'
import type { Interactions } from '../preprocess/interactions.ts'
import type { SignalReader } from '../preprocess/signals.ts'

/** A table's signals as of one moment. */
export interface OpenSignals {
  readonly names: readonly string[]
  readonly of: (row: number) => SignalReader
}

/** As they stood `days` before the table's end; `undefined` where it has none. */
export async function openSignals({ signals }: Interactions, days = 0): Promise<OpenSignals | undefined> {
  return signals === undefined ? undefined : { names: signals.names, of: await signals.before(days) }
}

/** Oldest entry first where ages are known, otherwise in the order of the columns. */
export function rowQuery(interactions: Interactions, row: number, signals?: OpenSignals): Query {
  const { matrix, ageDays, rowFeatures, featureNames, baskets } = interactions
  const start = matrix.pointers[row]
  const entries = Int32Array.from({ length: matrix.pointers[row + 1] - start }, (_, at) => start + at)
  if (ageDays !== null) entries.sort((a, b) => ageDays[b] - ageDays[a])
  const width = featureNames.length
  return {
    items: entries.map((entry) => matrix.columns[entry]),
    weights: Float32Array.from(entries, (entry) => matrix.values[entry]),
    ageDays: ageDays === null ? null : Float32Array.from(entries, (entry) => ageDays[entry]),
    features: rowFeatures === null ? null : rowFeatures.slice(row * width, (row + 1) * width),
    ...(signals === undefined ? {} : { signals: { names: signals.names, read: signals.of(row) } }),
    ...(baskets === undefined ? {} : { baskets: basketsOfRow(baskets, row) }),
  }
}
